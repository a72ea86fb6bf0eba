package io.vectron.gateway;

import static io.vectron.gateway.Cluster.point;
import static io.vectron.gateway.Cluster.search;
import static io.vectron.gateway.Cluster.upsert;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.vectron.gateway.Cluster.Failure;
import io.vectron.proto.log.v1.Field;
import io.vectron.proto.log.v1.Payload;
import io.vectron.proto.log.v1.Point;
import io.vectron.proto.log.v1.Value;
import io.vectron.proto.v1.DeleteRequest;
import io.vectron.proto.v1.PointToWrite;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad writes: refused by name, and nothing is written. */
class BadWriteTest extends BadInput {

    @ParameterizedTest(name = "{0}")
    @MethodSource({"writes", "points", "deletes"})
    void isRefused(String name, Expected expected, Call call) {
        requireRefused(name, expected, call);
    }

    @Test
    void namesTheRuleAndTheIdOfAPoint() {
        Failure failure =
                Failure.of(() ->
                        cluster.points()
                                .upsert(
                                        upsert(
                                                "films",
                                                point("good", 1, 0),
                                                point("bad", 1, 0, 0))));
        assertThat(failure.metadata())
                .containsEntry("rule", "dimension_mismatch")
                .containsEntry("id", "bad")
                .containsEntry("field", "points[1].point.vectors[0]");
    }

    @Test
    void aZeroVectorIsFineWhereDirectionsDoNotCount() {
        cluster.points().upsert(upsert("euclid", point("zero", 0, 0)));
        assertThat(cluster.points().search(search("euclid", 0, 0).build()).getResultsList())
                .hasSize(1);
    }

    static Stream<Arguments> writes() {
        return Stream.of(
                row("no points", invalid("NO_POINTS", "points"), c -> write(c, "films")),
                row(
                        "too many points",
                        invalid("TOO_MANY_POINTS", "points"),
                        c -> write(c, "films", many(1_001))),
                row(
                        "too large",
                        invalid("REQUEST_TOO_LARGE", ""),
                        c -> write(c, "films", large(9 << 20))),
                row(
                        "no collection name",
                        invalid("INVALID_COLLECTION_NAME", "collection"),
                        c -> write(c, "", point("a", 1, 0))),
                row(
                        "no such collection",
                        new Expected(Status.Code.NOT_FOUND, "COLLECTION_NOT_FOUND", "collection"),
                        c -> write(c, "none", point("a", 1, 0))),
                row("being deleted", notReady(), c -> write(c, "going", point("a", 1, 0))),
                row("being created", notReady(), c -> write(c, "coming", point("a", 1, 0))),
                row("empty id", invalid("INVALID_ID", "points[0].id"), bad(point("", 1, 0))),
                row(
                        "id too long",
                        invalid("INVALID_ID", "points[0].id"),
                        bad(point("x".repeat(513), 1, 0))),
                row(
                        "id too long in bytes",
                        invalid("INVALID_ID", "points[0].id"),
                        bad(point("é".repeat(257), 1, 0))),
                row("reserved id", invalid("INVALID_ID", "points[0].id"), bad(point("\0a", 1, 0))));
    }

    static Stream<Arguments> points() {
        return Stream.of(
                row("dimension", invalidPoint("vectors[0]"), bad(point("a", 1))),
                row("NaN", invalidPoint("vectors[0]"), bad(point("a", 1, Float.NaN))),
                row(
                        "infinity",
                        invalidPoint("vectors[0]"),
                        bad(point("a", 1, Float.NEGATIVE_INFINITY))),
                row("zero under cosine", invalidPoint("vectors[0]"), bad(point("a", 0, 0))),
                row("no vector", invalidPoint("vectors"), bad(of(Point.newBuilder()))),
                row(
                        "unknown vector",
                        invalidPoint("vectors[1]"),
                        bad(
                                of(
                                        Point.newBuilder()
                                                .addVectors(Cluster.vector(1, 0))
                                                .addVectors(
                                                        Cluster.vector(1, 0).toBuilder()
                                                                .setName("other"))))),
                row(
                        "vector twice",
                        invalidPoint("vectors[1]"),
                        bad(
                                of(
                                        Point.newBuilder()
                                                .addVectors(Cluster.vector(1, 0))
                                                .addVectors(Cluster.vector(0, 1))))),
                row(
                        "vector type",
                        invalidPoint("vectors[0]"),
                        bad(of(Point.newBuilder().addVectors(bytes())))),
                row(
                        "payload value unset",
                        invalidPoint("payload"),
                        bad(payload(Value.newBuilder()))),
                row(
                        "payload not finite",
                        invalidPoint("payload"),
                        bad(payload(Value.newBuilder().setDoubleValue(Double.NaN)))),
                row(
                        "payload too large",
                        invalidPoint("payload"),
                        bad(payload(Value.newBuilder().setStringValue("x".repeat(65_537))))),
                row(
                        "the last point is bad",
                        invalid("INVALID_POINT", "points[2].point.vectors[0]"),
                        c ->
                                write(
                                        c,
                                        "films",
                                        point("a", 1, 0),
                                        point("b", 1, 0),
                                        point("c", 0, 0))));
    }

    static Stream<Arguments> deletes() {
        return Stream.of(
                row("delete: no ids", invalid("NO_POINTS", "ids"), c -> remove(c, "films")),
                row(
                        "delete: reserved id",
                        invalid("INVALID_ID", "ids[0]"),
                        c -> remove(c, "films", "\0barrier")),
                row(
                        "delete: too long id after a good one",
                        invalid("INVALID_ID", "ids[1]"),
                        c -> remove(c, "films", "a", "x".repeat(513))),
                row("delete: not ready", notReady(), c -> remove(c, "going", "a")));
    }

    private static Expected invalidPoint(String part) {
        return invalid("INVALID_POINT", "points[0].point." + part);
    }

    private static Call bad(PointToWrite point) {
        return c -> write(c, "films", point);
    }

    private static void write(Cluster cluster, String collection, PointToWrite... points) {
        cluster.points().upsert(upsert(collection, points));
    }

    private static void remove(Cluster cluster, String collection, String... ids) {
        cluster.points()
                .delete(
                        DeleteRequest.newBuilder()
                                .setCollection(collection)
                                .addAllIds(List.of(ids))
                                .build());
    }

    private static PointToWrite[] many(int count) {
        return Collections.nCopies(count, point("a", 1, 0)).toArray(PointToWrite[]::new);
    }

    private static PointToWrite large(int bytes) {
        return payload(Value.newBuilder().setStringValue("x".repeat(bytes)));
    }

    private static PointToWrite payload(Value.Builder value) {
        return of(
                Point.newBuilder()
                        .addVectors(Cluster.vector(1, 0))
                        .setPayload(
                                Payload.newBuilder()
                                        .addFields(
                                                Field.newBuilder().setKey("k").setValue(value))));
    }

    private static PointToWrite of(Point.Builder point) {
        return PointToWrite.newBuilder().setId("a").setPoint(point).build();
    }
}
