package io.vectron.gateway.api;

import io.grpc.stub.StreamObserver;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.service.DeadLetterOperations;
import io.vectron.proto.v1.DeadLetterServiceGrpc;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.DropDeadLettersResponse;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.GetDeadLetterResponse;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersResponse;

/** {@code vectron.v1.DeadLetterService}. What it throws, the server's interceptor answers. */
public final class DeadLetterApi extends DeadLetterServiceGrpc.DeadLetterServiceImplBase {

    private final DeadLetterOperations letters;
    private final RequestDeadline deadline;

    /** Serves these operations. */
    public DeadLetterApi(DeadLetterOperations letters, Deadlines deadlines) {
        this.letters = letters;
        this.deadline = new RequestDeadline(deadlines);
    }

    @Override
    public void listDeadLetters(
            ListDeadLettersRequest request, StreamObserver<ListDeadLettersResponse> answer) {
        answer.onNext(letters.list(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void getDeadLetter(
            GetDeadLetterRequest request, StreamObserver<GetDeadLetterResponse> answer) {
        answer.onNext(letters.get(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void retryDeadLetters(
            RetryDeadLettersRequest request, StreamObserver<RetryDeadLettersResponse> answer) {
        answer.onNext(letters.retry(request, deadline.current()));
        answer.onCompleted();
    }

    @Override
    public void dropDeadLetters(
            DropDeadLettersRequest request, StreamObserver<DropDeadLettersResponse> answer) {
        answer.onNext(letters.drop(request, deadline.current()));
        answer.onCompleted();
    }
}
