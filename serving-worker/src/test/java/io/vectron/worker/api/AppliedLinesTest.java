package io.vectron.worker.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vectron.proto.worker.v1.Applied;
import io.vectron.proto.worker.v1.ApplyBatchResponse;
import io.vectron.proto.worker.v1.BatchJourney;
import io.vectron.proto.worker.v1.Gap;
import io.vectron.proto.worker.v1.TracedRecord;
import io.vectron.worker.shard.Entries;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AppliedLinesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private final Logger logger = (Logger) LoggerFactory.getLogger(AppliedLines.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void aBatchLeavesAtMost128Lines() {
        AppliedLines.write(Entries.facts(), journey(AppliedLines.MOST + 1), applied(1_000));

        assertThat(AppliedLines.MOST).isEqualTo(128);
        assertThat(lines.list).hasSize(128);
        assertThat(lines.list.getLast().getFormattedMessage()).contains("the record at 127 ");
    }

    @Test
    void whatWasNotAppliedLeavesNone() {
        AppliedLines.write(Entries.facts(), journey(3), applied(2));
        assertThat(lines.list).hasSize(2);

        ApplyBatchResponse refused =
                ApplyBatchResponse.newBuilder().setGap(Gap.getDefaultInstance()).build();
        AppliedLines.write(Entries.facts(), journey(3), refused);
        assertThat(lines.list).hasSize(2);
    }

    private static BatchJourney journey(int traced) {
        BatchJourney.Builder journey = BatchJourney.newBuilder();
        for (int offset = 0; offset < traced; offset++) {
            journey.addTraced(
                    TracedRecord.newBuilder()
                            .setOffset(offset)
                            .setTraceparent("00-" + TRACE + "-b7ad6b7169203331-01"));
        }
        return journey.build();
    }

    private static ApplyBatchResponse applied(long position) {
        return ApplyBatchResponse.newBuilder()
                .setApplied(Applied.newBuilder().setPosition(position))
                .build();
    }
}
