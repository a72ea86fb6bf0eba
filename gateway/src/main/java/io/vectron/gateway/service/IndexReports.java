package io.vectron.gateway.service;

import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Deadline;
import io.vectron.common.error.GrpcErrors;
import io.vectron.common.rpc.Channels;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.ShardRoute;
import io.vectron.proto.v1.ReplicaIndex;
import io.vectron.proto.worker.v1.ReportIndexRequest;
import io.vectron.proto.worker.v1.ReportIndexResponse;
import io.vectron.proto.worker.v1.WorkerServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** What the workers report about the indexes of a collection. */
final class IndexReports {

    private IndexReports() {}

    /** A replica, and what its worker was asked. */
    private record Question(
            ShardRoute shard,
            ShardRoute.Replica replica,
            ListenableFuture<ReportIndexResponse> report) {}

    /**
     * Asks for every replica, all at once: each builds an index of its own. One that does not
     * answer is part of the answer. When the caller leaves, so do the questions.
     */
    static List<ReplicaIndex> collect(
            CollectionRoute route, int sample, Channels channels, Deadline deadline)
            throws InterruptedException {
        List<Question> questions = new ArrayList<>();
        for (ShardRoute shard : route.shards()) {
            ReportIndexRequest request =
                    ReportIndexRequest.newBuilder()
                            .setGroup(shard.group())
                            .setSample(sample)
                            .build();
            for (ShardRoute.Replica replica : shard.replicas()) {
                questions.add(
                        new Question(
                                shard,
                                replica,
                                WorkerServiceGrpc.newFutureStub(channels.to(replica.address()))
                                        .withDeadline(deadline)
                                        .reportIndex(request)));
            }
        }
        try {
            List<ReplicaIndex> answers = new ArrayList<>();
            for (Question question : questions) {
                answers.add(answer(question));
            }
            return answers;
        } finally {
            questions.forEach(question -> question.report().cancel(true));
        }
    }

    private static ReplicaIndex answer(Question question) throws InterruptedException {
        ReplicaIndex.Builder index =
                ReplicaIndex.newBuilder()
                        .setShard(question.shard().shard())
                        .setWorker(question.replica().worker());
        try {
            ReportIndexResponse answer = question.report().get(); // Ends by its own deadline.
            return switch (answer.getOutcomeCase()) {
                case REPORT -> index.setAnswered(true).setReport(answer.getReport()).build();
                case UNKNOWN_SHARD -> index.setProblem("its worker does not hold it").build();
                case OUTCOME_NOT_SET -> index.setProblem("its worker gave an empty answer").build();
            };
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return index.setProblem(String.valueOf(GrpcErrors.fromGrpc(cause).getMessage()))
                    .build();
        }
    }
}
