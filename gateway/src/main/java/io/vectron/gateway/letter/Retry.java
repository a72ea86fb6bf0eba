package io.vectron.gateway.letter;

import com.google.protobuf.ByteString;
import io.vectron.common.log.Headers;
import io.vectron.common.log.Partitioning;
import io.vectron.common.log.WriteToken;
import io.vectron.gateway.letter.DlqRecord.Letter;
import io.vectron.gateway.log.LogHeader;
import io.vectron.gateway.write.LogAppend;
import io.vectron.proto.log.v1.CollectionFacts;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is written to retry and to settle letters. Pure. */
public final class Retry {

    private Retry() {}

    /**
     * Partition that the record is written to again: its id's home, wherever its producer put it. A
     * record without a key belongs nowhere and stays where it was.
     */
    public static int home(Letter letter, CollectionFacts facts) {
        ByteString key = letter.key();
        return key == null || key.isEmpty()
                ? Math.min(letter.source().partition(), facts.getShards() - 1)
                : Partitioning.partition(key.toByteArray(), facts.getShards());
    }

    /** The record of a letter as its producer wrote it, with the headers of its lineage. */
    public static LogAppend again(Letter letter, CollectionFacts facts) {
        List<LogHeader> headers = new ArrayList<>();
        for (LogHeader header : letter.headers()) {
            if (!DlqRecord.OURS.contains(header.name())) {
                headers.add(header);
            }
        }
        headers.add(LogHeader.of(Headers.RETRY_OF, letter.id().toString()));
        headers.add(LogHeader.of(Headers.RETRIES, Integer.toString(letter.retries() + 1)));
        headers.add(LogHeader.of(Headers.RETRY_ORIGIN_MS, Long.toString(letter.originMs())));
        return new LogAppend(
                facts.getTopic(), home(letter, facts), letter.key(), letter.value(), headers);
    }

    /**
     * The record that settles a letter.
     *
     * @param retriedAs where its record was written again; null if it is dropped
     */
    public static LogAppend settlement(
            LetterId letter, CollectionFacts facts, @Nullable WriteToken retriedAs) {
        return new LogAppend(
                facts.getDeadLetterTopic(),
                letter.partition(),
                null,
                null,
                DlqRecord.settling(letter, retriedAs));
    }
}
