package io.vectron.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcErrorsTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyCodeTravels(ErrorCode code) {
        VectronException sent =
                new VectronException(code, "points[3].id", "too long", Map.of("rule", "x"));

        StatusRuntimeException wire = GrpcErrors.toGrpc(sent);
        VectronException received = Objects.requireNonNull(GrpcErrors.decode(wire));

        assertThat(wire.getStatus().getCode()).isEqualTo(code.status());
        assertThat(received.code()).isEqualTo(code);
        assertThat(received.field()).isEqualTo("points[3].id");
        assertThat(received).hasMessage("too long");
        assertThat(received.metadata()).isEqualTo(Map.of("rule", "x"));
    }

    @Test
    void carriesErrorInfo() throws Exception {
        StatusRuntimeException wire =
                GrpcErrors.toGrpc(new VectronException(ErrorCode.INVALID_TOP_K, "top_k", "no"));

        com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(wire));
        ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);

        assertThat(info.getDomain()).isEqualTo("vectron.io");
        assertThat(info.getReason()).isEqualTo("INVALID_TOP_K");
        assertThat(info.getMetadataMap()).isEqualTo(Map.of("field", "top_k", "blame", "CALLER"));
    }

    @Test
    void leavesForeignErrorsAlone() {
        com.google.rpc.Status foreign =
                com.google.rpc.Status.newBuilder()
                        .setCode(Status.Code.NOT_FOUND.value())
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setDomain("example.com")
                                                .setReason("INTERNAL")
                                                .build()))
                        .addDetails(
                                Any.pack(
                                        ErrorInfo.newBuilder()
                                                .setDomain(GrpcErrors.DOMAIN)
                                                .setReason("OF_A_LATER_RELEASE")
                                                .build()))
                        .build();

        assertThat(GrpcErrors.decode(StatusProto.toStatusRuntimeException(foreign))).isNull();
        assertThat(GrpcErrors.decode(new IllegalStateException("x"))).isNull();
        assertThat(GrpcErrors.fromGrpc(Status.UNAVAILABLE.asRuntimeException()).code())
                .isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(GrpcErrors.fromGrpc(Status.UNKNOWN.asRuntimeException()).code())
                .isEqualTo(ErrorCode.INTERNAL);
    }
}
