package io.vectron.common;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.vectron.proto.placement.v1.PlacementProto;
import io.vectron.proto.v1.CollectionsProto;
import io.vectron.proto.v1.PointsProto;
import io.vectron.proto.v1.Scope;
import io.vectron.proto.v1.ScopeProto;
import io.vectron.proto.worker.v1.WorkerProto;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every call says what its caller must be allowed to do. */
class ContractTest {
    static Stream<MethodDescriptor> methods() {
        return Stream.of(
                        CollectionsProto.getDescriptor(),
                        PointsProto.getDescriptor(),
                        WorkerProto.getDescriptor(),
                        PlacementProto.getDescriptor())
                .map(FileDescriptor::getServices)
                .flatMap(services -> services.stream())
                .flatMap(service -> service.getMethods().stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void everyRpcDeclaresItsScope(MethodDescriptor method) {
        Scope scope = method.getOptions().getExtension(ScopeProto.scope);
        boolean isPublic = method.getFile().getPackage().equals("vectron.v1");
        assertThat(scope).isNotIn(Scope.SCOPE_UNSPECIFIED, Scope.UNRECOGNIZED);
        assertThat(scope == Scope.SCOPE_INTERNAL).isNotEqualTo(isPublic);
    }
}
