package io.vectron.worker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.proto.log.v1.Halt;
import io.vectron.proto.log.v1.HaltReason;
import io.vectron.replication.RaftPosition;
import io.vectron.worker.shard.ShardState;
import io.vectron.worker.shard.ShardState.LogPlace;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateCodecTest {
    /** Written by format 2, as it was before there were leader epochs and halts. */
    private static final String FORMAT_2 =
            "0000000000000002" // term
                    + "0000000000000009" // index
                    + "0000000000000005" // position
                    + "000000000000004d" // caught up
                    + "0000000000000004" // epoch
                    + "0000000000000003" // rows
                    + "00000001" // partition
                    + "000163" // "c"
                    + "000174"; // "t"

    @Test
    void everyPartOfAStateComesBack() throws IOException {
        Halt halt = Halt.newBuilder().setReason(HaltReason.HALT_REASON_OUTDATED).build();
        for (ShardState state : new ShardState[] {state(null), state(halt)}) {
            assertThat(StateCodec.decode(StateCodec.encode(state))).isEqualTo(state);
        }
    }

    @Test
    void aStateOfTheFormatBeforeIsRead() throws IOException {
        assertThat(StateCodec.decode(HexFormat.of().parseHex(FORMAT_2)))
                .isEqualTo(
                        new ShardState(
                                new RaftPosition(2, 9),
                                "c",
                                "t",
                                1,
                                new LogPlace(5, LogPlace.NO_EPOCH, 77, 0),
                                4,
                                3,
                                null));
    }

    @Test
    void bytesTooFewOrTooManyAreRefused() {
        byte[] whole =
                StateCodec.encode(
                        state(
                                Halt.newBuilder()
                                        .setReason(HaltReason.HALT_REASON_OUTDATED)
                                        .build()));
        int beforeThisFormat = FORMAT_2.length() / 2;
        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            if (length != beforeThisFormat) {
                assertThatThrownBy(() -> StateCodec.decode(part)).isInstanceOf(IOException.class);
            }
        }
        assertThatThrownBy(() -> StateCodec.decode(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(IOException.class);
    }

    private static ShardState state(@Nullable Halt halt) {
        return new ShardState(
                new RaftPosition(2, 9), "c", "t", 1, new LogPlace(5, 6, 77, 66), 4, 3, halt);
    }
}
