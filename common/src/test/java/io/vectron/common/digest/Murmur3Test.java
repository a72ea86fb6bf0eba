package io.vectron.common.digest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Murmur3Test {
    @Test
    void isWhatGuavaHasForEveryLength() {
        Random random = new Random(1);
        for (int length = 0; length < 2_000; length++) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            assertThat(Murmur3.hash(bytes))
                    .as("%s bytes", length)
                    .isEqualTo(
                            Hash128.fromBytes(
                                    Hashing.murmur3_128(0).hashBytes(bytes).asBytes(), 0));
        }
    }
}
