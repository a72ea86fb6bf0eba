package io.vectron.gateway.service;

import io.grpc.Deadline;
import io.vectron.common.error.ErrorCode;
import io.vectron.common.error.VectronException;
import io.vectron.common.limit.Limits;
import io.vectron.gateway.config.Deadlines;
import io.vectron.gateway.config.GatewayConfig;
import io.vectron.gateway.letter.DlqRecord.Letter;
import io.vectron.gateway.letter.DlqRecord.Settlement;
import io.vectron.gateway.letter.LetterFilter;
import io.vectron.gateway.letter.LetterId;
import io.vectron.gateway.letter.LetterMessages;
import io.vectron.gateway.letter.LetterPages;
import io.vectron.gateway.letter.LetterPages.Page;
import io.vectron.gateway.letter.LetterPages.Standing;
import io.vectron.gateway.letter.PageToken;
import io.vectron.gateway.letter.Settlements;
import io.vectron.gateway.log.LogReader;
import io.vectron.gateway.log.LogReader.Visibility;
import io.vectron.gateway.log.LogSession;
import io.vectron.gateway.route.CollectionRoute;
import io.vectron.gateway.route.Routes;
import io.vectron.gateway.search.FanOut;
import io.vectron.gateway.service.Admission.Place;
import io.vectron.gateway.service.LetterRetries.Wish;
import io.vectron.gateway.write.LogWriter;
import io.vectron.proto.v1.DeadLetterIds;
import io.vectron.proto.v1.DeadLetterSelection;
import io.vectron.proto.v1.DropDeadLettersRequest;
import io.vectron.proto.v1.DropDeadLettersResponse;
import io.vectron.proto.v1.GetDeadLetterRequest;
import io.vectron.proto.v1.GetDeadLetterResponse;
import io.vectron.proto.v1.ListDeadLettersRequest;
import io.vectron.proto.v1.ListDeadLettersResponse;
import io.vectron.proto.v1.RetryDeadLettersRequest;
import io.vectron.proto.v1.RetryDeadLettersResponse;
import io.vectron.proto.v1.RetryResult;
import io.vectron.proto.v1.WriteFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Looks through the records that a collection refused, and settles them. Every protocol of the
 * gateway stands on this class. Calls block until they are answered, at most until their deadline;
 * call them on virtual threads.
 */
public final class DeadLetterOperations {

    private static final int DEFAULT_PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;

    /** Letters by id that are held at a time: one may have a value of nearly 1 MiB. */
    private static final int CHUNK_BYTES = Limits.REQUEST_BYTES;

    private final Routes routes;
    private final LogReader reader;
    private final LetterPages pages;
    private final LetterRetries retries;
    private final Deadlines deadlines;
    private final Admission admission;

    /** Stands on parts that the caller starts and closes. */
    public DeadLetterOperations(
            Routes routes,
            LogReader reader,
            LogWriter log,
            FanOut fanOut,
            Admission admission,
            GatewayConfig config) {
        this.routes = routes;
        this.reader = reader;
        this.pages =
                new LetterPages(
                        new Settlements(config.lookups().settledLetters()),
                        new LogSession.Limits(
                                config.lookups().records(), config.lookups().readBytes()));
        this.retries = new LetterRetries(log, new CurrentVersions(fanOut));
        this.deadlines = config.deadlines();
        this.admission = admission;
    }

    /**
     * Lists a page of letters.
     *
     * @throws VectronException INVALID_REQUEST, OVERLOADED, LOG_UNAVAILABLE, DEADLINE_EXCEEDED, or
     *     as {@link Routes#ready}
     */
    public ListDeadLettersResponse list(ListDeadLettersRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.ready(request.getCollection());
            LetterFilter filter = LetterFilter.of(request.getFilter(), "filter", true);
            int size = pageSize(request.getPageSize());
            PageToken token = token(request.getPageToken());
            Deadline work = deadlines.ofWork(deadline);
            try (LogSession session = reader.open(Visibility.COMMITTED, work)) {
                Page page = pages.page(session, topic(route), filter, token, size, work);
                ListDeadLettersResponse.Builder response =
                        ListDeadLettersResponse.newBuilder().setNextPageToken(text(page.next()));
                page.letters()
                        .forEach(one -> response.addLetters(LetterMessages.summary(one, route)));
                return response.build();
            }
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Shows a letter with its value and headers.
     *
     * @throws VectronException as {@link #list}, or DEAD_LETTER_NOT_FOUND
     */
    public GetDeadLetterResponse get(GetDeadLetterRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.ready(request.getCollection());
            LetterId id = LetterId.parse(request.getId(), "id");
            Deadline work = deadlines.ofWork(deadline);
            try (LogSession session = reader.open(Visibility.COMMITTED, work)) {
                Letter letter = pages.read(session, topic(route), id);
                Settlement settlement =
                        pages.settlements(session, topic(route), List.of(id), work).get(id);
                return GetDeadLetterResponse.newBuilder()
                        .setLetter(LetterMessages.full(new Standing(letter, settlement), route))
                        .build();
            }
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    /**
     * Writes the records of letters again, to the partitions that their ids belong to, as their
     * producers wrote them; the job judges them. Letters are settled afterwards.
     *
     * @throws VectronException as {@link #list}; FRESHNESS_TIMEOUT or SHARD_UNAVAILABLE if versions
     *     cannot be compared: nothing was written then, or of letters by id only some
     */
    public RetryDeadLettersResponse retry(RetryDeadLettersRequest request, Deadline deadline) {
        try (Place _ = admission.enter(request.getDryRun() ? 0 : CHUNK_BYTES)) {
            CollectionRoute route = routes.ready(request.getCollection());
            Wish wish = new Wish(request.getForce(), request.getDryRun());
            Deadline work = deadlines.ofWork(deadline);
            return switch (request.getLetters().getByCase()) {
                case FILTER -> {
                    LetterFilter filter = filter(request.getLetters());
                    PageToken token = token(request.getPageToken());
                    try (LogSession session = reader.open(Visibility.COMMITTED, work)) {
                        Page page =
                                pages.page(
                                        session, topic(route), filter, token, LARGEST_PAGE, work);
                        yield RetryDeadLettersResponse.newBuilder()
                                .addAllResults(
                                        retries.retry(route, page.letters(), wish, session, work))
                                .setNextPageToken(text(page.next()))
                                .build();
                    }
                }
                case IDS -> {
                    List<LetterId> ids = ids(request.getLetters(), request.getPageToken());
                    try (LogSession session = reader.open(Visibility.COMMITTED, work)) {
                        yield RetryDeadLettersResponse.newBuilder()
                                .addAllResults(retryById(route, ids, wish, session, work))
                                .build();
                    }
                }
                case BY_NOT_SET -> throw nothingChosen();
            };
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    private List<RetryResult> retryById(
            CollectionRoute route,
            List<LetterId> ids,
            Wish wish,
            LogSession session,
            Deadline deadline)
            throws InterruptedException {
        Map<LetterId, Settlement> settled = pages.settlements(session, topic(route), ids, deadline);
        Map<String, RetryResult> results = new HashMap<>();
        List<Standing> chunk = new ArrayList<>();
        long bytes = 0;
        // By offset, so that of two records of an id the later one wins again.
        for (LetterId id : new TreeSet<>(ids)) {
            try {
                Letter letter = pages.read(session, topic(route), id);
                chunk.add(new Standing(letter, settled.get(id)));
                bytes += letter.value() == null ? 0 : letter.value().size();
            } catch (VectronException e) {
                if (e.code() != ErrorCode.DEAD_LETTER_NOT_FOUND) {
                    throw e;
                }
                results.put(id.toString(), notFound(id, e));
            }
            if (bytes >= CHUNK_BYTES) {
                retries.retry(route, chunk, wish, session, deadline)
                        .forEach(result -> results.put(result.getId(), result));
                chunk.clear();
                bytes = 0;
            }
        }
        retries.retry(route, chunk, wish, session, deadline)
                .forEach(result -> results.put(result.getId(), result));
        List<RetryResult> ordered = new ArrayList<>();
        ids.forEach(id -> ordered.add(results.get(id.toString())));
        return ordered;
    }

    /**
     * Settles letters without writing them again.
     *
     * @throws VectronException as {@link #list}; DEAD_LETTER_NOT_FOUND if one of the ids is none:
     *     nothing was settled then
     */
    public DropDeadLettersResponse drop(DropDeadLettersRequest request, Deadline deadline) {
        try (Place _ = admission.enter(0)) {
            CollectionRoute route = routes.ready(request.getCollection());
            Deadline work = deadlines.ofWork(deadline);
            DropDeadLettersResponse.Builder response = DropDeadLettersResponse.newBuilder();
            List<LetterId> open =
                    switch (request.getLetters().getByCase()) {
                        case FILTER -> {
                            LetterFilter filter = filter(request.getLetters());
                            PageToken token = token(request.getPageToken());
                            try (LogSession session = reader.open(Visibility.COMMITTED, work)) {
                                Page page =
                                        pages.page(
                                                session,
                                                topic(route),
                                                filter,
                                                token,
                                                LARGEST_PAGE,
                                                work);
                                response.setNextPageToken(text(page.next()));
                                yield page.letters().stream()
                                        .map(one -> one.letter().id())
                                        .toList();
                            }
                        }
                        case IDS ->
                                openAmong(
                                        route,
                                        ids(request.getLetters(), request.getPageToken()),
                                        work);
                        case BY_NOT_SET -> throw nothingChosen();
                    };
            retries.drop(route, open, work).forEach(id -> response.addIds(id.toString()));
            return response.build();
        } catch (InterruptedException e) {
            throw stopped();
        }
    }

    private List<LetterId> openAmong(CollectionRoute route, List<LetterId> ids, Deadline deadline)
            throws InterruptedException {
        try (LogSession session = reader.open(Visibility.COMMITTED, deadline)) {
            for (LetterId id : ids) {
                pages.read(session, topic(route), id);
            }
            Map<LetterId, Settlement> settled =
                    pages.settlements(session, topic(route), ids, deadline);
            return ids.stream().filter(id -> !settled.containsKey(id)).toList();
        }
    }

    private static LetterFilter filter(DeadLetterSelection selection) {
        return LetterFilter.of(selection.getFilter(), "letters.filter", false);
    }

    private static List<LetterId> ids(DeadLetterSelection selection, String pageToken) {
        if (!pageToken.isEmpty()) {
            throw invalid("page_token", "a selection by id has no pages");
        }
        DeadLetterIds asked = selection.getIds();
        if (asked.getIdsCount() < 1 || asked.getIdsCount() > LARGEST_PAGE) {
            throw invalid(
                    "letters.ids.ids",
                    asked.getIdsCount() + " ids; at least 1 and at most " + LARGEST_PAGE);
        }
        List<LetterId> ids = new ArrayList<>();
        for (int i = 0; i < asked.getIdsCount(); i++) {
            LetterId id = LetterId.parse(asked.getIds(i), "letters.ids.ids[" + i + "]");
            if (!ids.contains(id)) {
                ids.add(id);
            }
        }
        return ids;
    }

    private static RetryResult notFound(LetterId id, VectronException e) {
        return RetryResult.newBuilder()
                .setId(id.toString())
                .setFailure(
                        WriteFailure.newBuilder()
                                .setReason(e.code().name())
                                .setMessage(String.valueOf(e.getMessage())))
                .build();
    }

    private static String topic(CollectionRoute route) {
        return route.facts().getDeadLetterTopic();
    }

    private static int pageSize(int asked) {
        if (asked < 0 || asked > LARGEST_PAGE) {
            throw invalid("page_size", "a page has at most " + LARGEST_PAGE + " letters");
        }
        return asked == 0 ? DEFAULT_PAGE : asked;
    }

    private static @Nullable PageToken token(String text) {
        return text.isEmpty() ? null : PageToken.parse(text);
    }

    private static String text(@Nullable PageToken next) {
        return next == null ? "" : next.text();
    }

    private static VectronException nothingChosen() {
        return invalid("letters", "choose letters by ids or by filter; an empty filter means all");
    }

    private static VectronException invalid(String field, String message) {
        return new VectronException(ErrorCode.INVALID_REQUEST, field, message);
    }

    private static VectronException stopped() {
        Thread.currentThread().interrupt();
        return new VectronException(ErrorCode.SHUTTING_DOWN, "the gateway is stopping");
    }
}
