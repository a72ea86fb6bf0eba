package io.vectron.standalone.broker;

import io.vectron.common.config.Setting;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Which brokers are a cluster together: each is a controller, too, and a majority of them elects
 * the one that decides who leads a partition.
 *
 * @param nodeId number of this broker, 1 or more; belongs to its folder
 * @param voters all of them, this one included, {@code ID@HOST:PORT,…} with the ports of their
 *     controllers; empty if there is no other
 * @param clusterId Kafka's id of the cluster, which all must be told; empty if there is no other
 *     broker: then it is made at the first start
 */
public record Quorum(
        @Setting("Number of this broker, 1 or more. It belongs to the folder.") int nodeId,
        @Setting(
                        "All brokers of the cluster, this one included, as ID@HOST:PORT with the"
                                + " ports of their controllers, separated by commas; empty if"
                                + " there is no other. Three of them keep three copies of each"
                                + " record. Their number is settled at the first start.")
                String voters,
        @Setting(
                        "Kafka's id of the cluster, the same for all its brokers: 22 characters;"
                                + " empty if there is no other broker.")
                String clusterId) {
    /** No other broker. */
    public static final Quorum ALONE = new Quorum(1, "", "");

    /** Refuses a quorum without this broker. */
    public Quorum {
        Objects.requireNonNull(clusterId, "clusterId");
        String own = nodeId + "@";
        if (nodeId < 1) {
            throw new IllegalArgumentException("the node id is below 1: " + nodeId);
        }
        if (voters.isEmpty() != clusterId.isEmpty()) {
            throw new IllegalArgumentException("voters and cluster id go together");
        }
        if (!voters.isEmpty() && split(voters).noneMatch(voter -> voter.startsWith(own))) {
            throw new IllegalArgumentException(
                    "this broker, " + nodeId + ", is not among the voters " + voters);
        }
    }

    private static Stream<String> split(String voters) {
        return Stream.of(voters.split(",", -1));
    }

    /** Number of brokers. */
    int size() {
        return voters.isEmpty() ? 1 : Math.toIntExact(split(voters).count());
    }

    /** Numbers of the brokers, for a folder to remember: addresses may change. */
    String members() {
        List<String> ids =
                voters.isEmpty()
                        ? List.of(Integer.toString(nodeId))
                        : split(voters).map(voter -> voter.split("@", 2)[0]).sorted().toList();
        return nodeId + " of " + String.join(",", ids);
    }
}
