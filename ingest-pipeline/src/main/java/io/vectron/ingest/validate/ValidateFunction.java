package io.vectron.ingest.validate;

import io.vectron.common.record.RecordValidator;
import io.vectron.ingest.feed.Element;
import io.vectron.ingest.feed.FeedControl;
import io.vectron.ingest.feed.ShardFeed;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges every record of every open feed; all other elements pass unchanged. A feed whose rules
 * this release does not know fails alone, and the records of a failed feed are dropped.
 */
public final class ValidateFunction extends RichFlatMapFunction<Element, Element> {
    /** Permanent name: the facts carry a rules version of a later release. */
    static final String RULES_UNKNOWN = "RULES_UNKNOWN";

    private static final Logger log = LoggerFactory.getLogger(ValidateFunction.class);

    /** Permanent name: the validator broke on a record, which it never should. */
    static final String VALIDATOR_BROKEN = "VALIDATOR_BROKEN";

    private transient Map<String, Judge> judges = new HashMap<>(); // by group

    private record Judge(RecordValidator validator, FeedControl control) {}

    @Override
    public void open(OpenContext context) {
        judges = new HashMap<>();
    }

    @Override
    public void flatMap(Element element, Collector<Element> out) {
        switch (element) {
            case Element.Opened opened -> open(opened, out);
            case Element.Fetched fetched -> {
                Judge judge = judges.get(fetched.feed().group());
                if (judge != null) {
                    judge(judge, fetched, out);
                }
            }
            case Element.Closed closed -> {
                judges.remove(closed.feed().group());
                out.collect(closed);
            }
            case Element.LogCut cut -> {
                judges.remove(cut.feed().group());
                out.collect(cut);
            }
            case Element.Failed failed -> {
                judges.remove(failed.feed().group());
                out.collect(failed);
            }
            case Element.Moved moved -> out.collect(moved);
            case Element.Judged judged -> out.collect(judged);
        }
    }

    private void open(Element.Opened opened, Collector<Element> out) {
        out.collect(opened);
        ShardFeed feed = opened.feed();
        try {
            RecordValidator validator = new RecordValidator(feed.facts());
            judges.put(feed.group(), new Judge(validator, opened.control()));
        } catch (IllegalArgumentException e) {
            fail(feed, RULES_UNKNOWN, e, opened.control(), out);
        }
    }

    private void judge(Judge judge, Element.Fetched fetched, Collector<Element> out) {
        Element.Judged judged;
        try {
            judged = Validation.judge(judge.validator(), fetched);
        } catch (RuntimeException e) {
            // A bug. Failing the task would meet the same record again and stop every feed for
            // good; skipping the record would break the law of compaction. So this feed stops.
            fail(fetched.feed(), VALIDATOR_BROKEN, e, judge.control(), out);
            return;
        }
        out.collect(judged);
    }

    private void fail(
            ShardFeed feed,
            String code,
            RuntimeException cause,
            FeedControl control,
            Collector<Element> out) {
        log.error("{}: {}, the feed stops", feed, code, cause);
        judges.remove(feed.group());
        control.stop();
        out.collect(new Element.Failed(feed, code, String.valueOf(cause)));
    }
}
