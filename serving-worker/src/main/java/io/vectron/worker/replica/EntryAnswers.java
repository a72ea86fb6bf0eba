package io.vectron.worker.replica;

import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.Seal;
import io.vectron.proto.worker.v1.Applied;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.Gap;
import io.vectron.proto.worker.v1.Invalid;
import io.vectron.proto.worker.v1.ReplicaUnavailable;
import io.vectron.proto.worker.v1.SetEpochResponse;
import io.vectron.proto.worker.v1.StaleEpoch;
import io.vectron.proto.worker.v1.WrongTopic;
import io.vectron.worker.shard.ApplyResult;

/**
 * What became of an entry, as its proposer gets it: the answer of the RPC that proposed it; that
 * of a batch for what was told of the log.
 */
final class EntryAnswers {
    private EntryAnswers() {}

    static byte[] encode(ApplyResult result) {
        return switch (result) {
            case ApplyResult.Applied(long position) ->
                    ApplyBatchResponse.newBuilder()
                            .setApplied(Applied.newBuilder().setPosition(position))
                            .build()
                            .toByteArray();
            case ApplyResult.StaleEpoch(long current) ->
                    ApplyBatchResponse.newBuilder()
                            .setStaleEpoch(StaleEpoch.newBuilder().setCurrent(current))
                            .build()
                            .toByteArray();
            case ApplyResult.Gap(long expected) ->
                    ApplyBatchResponse.newBuilder()
                            .setGap(Gap.newBuilder().setExpected(expected))
                            .build()
                            .toByteArray();
            case ApplyResult.WrongTopic(String expected) ->
                    ApplyBatchResponse.newBuilder()
                            .setWrongTopic(WrongTopic.newBuilder().setExpectedTopicId(expected))
                            .build()
                            .toByteArray();
            case ApplyResult.Invalid(String message) ->
                    ApplyBatchResponse.newBuilder()
                            .setInvalid(Invalid.newBuilder().setMessage(message))
                            .build()
                            .toByteArray();
            case ApplyResult.Halted(String topicId, Halt why) ->
                    ApplyBatchResponse.newBuilder()
                            .setUnavailable(
                                    ReplicaUnavailable.newBuilder()
                                            .setCondition(LogConditions.of(why, topicId)))
                            .build()
                            .toByteArray();
            case ApplyResult.GoesOn(long position) ->
                    ApplyBatchResponse.newBuilder()
                            .setApplied(Applied.newBuilder().setPosition(position))
                            .build()
                            .toByteArray();
            case ApplyResult.EpochIs(long epoch) ->
                    SetEpochResponse.newBuilder().setEpoch(epoch).build().toByteArray();
            case ApplyResult.Compared(long position) ->
                    Applied.newBuilder().setPosition(position).build().toByteArray();
            case ApplyResult.Sealed(long position) ->
                    Seal.newBuilder().setPosition(position).build().toByteArray();
        };
    }
}
