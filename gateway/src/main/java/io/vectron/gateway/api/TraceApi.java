package io.vectron.gateway.api;

import io.grpc.stub.StreamObserver;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.service.TraceOperations;
import io.vectron.proto.v1.TracePointRequest;
import io.vectron.proto.v1.TracePointResponse;
import io.vectron.proto.v1.TraceServiceGrpc;
import io.vectron.proto.v1.TraceWriteRequest;
import io.vectron.proto.v1.TraceWriteResponse;

/** {@code vectron.v1.TraceService}. What it throws, the server's interceptor answers. */
public final class TraceApi extends TraceServiceGrpc.TraceServiceImplBase {

    private final TraceOperations traces;
    private final RequestDeadline deadline;

    /** Serves these operations. */
    public TraceApi(TraceOperations traces, Deadlines deadlines) {
        this.traces = traces;
        this.deadline = new RequestDeadline(deadlines);
    }

    @Override
    public void traceWrite(TraceWriteRequest request, StreamObserver<TraceWriteResponse> answer) {
        answer.onNext(traces.traceWrite(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void tracePoint(TracePointRequest request, StreamObserver<TracePointResponse> answer) {
        answer.onNext(traces.tracePoint(request, deadline.current()));
        answer.onCompleted();
    }
}
