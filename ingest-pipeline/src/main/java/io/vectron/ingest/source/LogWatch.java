package io.vectron.ingest.source;

import io.vectron.ingest.feed.ShardFeed;
import io.vectron.ingest.route.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at shards and their logs from time to time: first at where the shards stand, then at the
 * logs, so that a shard that is at the end of its log was there when it was asked. One round at a
 * time; what does not answer is left out.
 */
final class LogWatch {
    private static final Logger log = LoggerFactory.getLogger(LogWatch.class);

    private final Workers workers;
    private final LogSurvey survey;
    private final AtomicBoolean running = new AtomicBoolean();

    LogWatch(Workers workers, LogSurvey survey) {
        this.workers = workers;
        this.survey = survey;
    }

    /**
     * Looks at these, unless it still does.
     *
     * @param seen takes what was found, by group; on any thread
     */
    void look(
            List<ShardFeed> feeds, BiConsumer<Map<String, ShardPlace>, Map<String, LogLook>> seen) {
        if (feeds.isEmpty() || !running.compareAndSet(false, true)) {
            return;
        }
        Map<String, ShardPlace> places = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> questions = new ArrayList<>();
        for (ShardFeed feed : feeds) {
            questions.add(
                    workers.position(feed.group())
                            .thenAccept(answer -> {
                                if (answer.hasApplied()) {
                                    places.put(feed.group(), ShardPlace.of(answer));
                                }
                            })
                            .exceptionally(failure -> null));
        }
        var unused =
                CompletableFuture.allOf(questions.toArray(CompletableFuture[]::new))
                        .thenCompose(asked -> survey.look(feeds))
                        .thenAccept(looks -> seen.accept(places, looks))
                        .whenComplete((done, failure) -> {
                            running.set(false);
                            if (failure != null) {
                                log.info("the logs were not looked at: {}", failure.toString());
                            }
                        });
    }
}
