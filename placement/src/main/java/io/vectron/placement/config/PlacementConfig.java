package io.vectron.placement.config;

import io.vectron.common.config.ServiceSettings;
import io.vectron.common.config.Setting;
import io.vectron.common.manage.ManagementConfig;
import io.vectron.common.rpc.Exposure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Settings of one placement node.
 *
 * @param self this node
 * @param others the other members of the group: none, or two
 * @param folder everything of this node lies below; no two nodes share one
 * @param management where it answers operators
 * @param insecure whether it may listen where other machines reach it
 */
public record PlacementConfig(
        @Setting(value = "This node.", name = "-") Member self,
        @Setting("The other members of placement's group: none, or two.") List<Member> others,
        @Setting(
                        value = "Everything of this node lies below; no two nodes share one.",
                        byDefault = "data/placement")
                Path folder,
        @Setting("How placement speaks to Kafka.") KafkaSettings kafka,
        @Setting("How much placement takes on.") PlacementLimits limits,
        @Setting("How patiently plans are carried out.") PlanSettings plans,
        @Setting("When replicas are made anew.") RepairSettings repair,
        @Setting("Where operators are answered: health and metrics.") ManagementConfig management,
        @Setting(Exposure.INSECURE) boolean insecure) {
    public PlacementConfig {
        Exposure.requireAllowed("host", self.host(), insecure);
        Exposure.requireAllowed("management host", management.host(), insecure);
        others = List.copyOf(others);
        folder = folder.toAbsolutePath().normalize();
        if (!others.isEmpty() && others.size() != 2) {
            throw new IllegalArgumentException("placement has no other members or two: " + others);
        }
        Set<String> ids = new HashSet<>();
        for (Member member : membersOf(self, others)) {
            if (!ids.add(member.id())) {
                throw new IllegalArgumentException("two members are called " + member.id());
            }
            if (!others.isEmpty() && member.port() == 0) {
                throw new IllegalArgumentException("members of several need a port: " + member);
            }
        }
    }

    private static List<Member> membersOf(Member self, List<Member> others) {
        List<Member> all = new ArrayList<>(others);
        all.add(self);
        all.sort(Comparator.comparing(Member::id));
        return List.copyOf(all);
    }

    /** All members of the group, this node among them: one, or three; by id. */
    public List<Member> members() {
        return membersOf(self, others);
    }

    /** All settings, with their defaults. */
    public static ServiceSettings<PlacementConfig> settings() {
        return ServiceSettings.of(
                "placement",
                single(
                                Path.of("data", "placement"),
                                "127.0.0.1",
                                7000,
                                7010,
                                KafkaSettings.at("127.0.0.1:9092"))
                        .withManagement(ManagementConfig.on(7020)));
    }

    /**
     * A single node with the default limits, which does not answer operators.
     *
     * @param port gRPC port; 0 takes a free one
     * @param raftPort port of its Raft server
     */
    public static PlacementConfig single(
            Path folder, String host, int port, int raftPort, KafkaSettings kafka) {
        Member self = new Member("placement-1", host, port, raftPort);
        return new PlacementConfig(
                self,
                List.of(),
                folder,
                kafka,
                PlacementLimits.defaults(),
                PlanSettings.defaults(),
                RepairSettings.defaults(),
                ManagementConfig.OFF,
                false);
    }

    public PlacementConfig withLimits(PlacementLimits changed) {
        return new PlacementConfig(
                self, others, folder, kafka, changed, plans, repair, management, insecure);
    }

    /** The same, answering operators there. */
    public PlacementConfig withManagement(ManagementConfig changed) {
        return new PlacementConfig(
                self, others, folder, kafka, limits, plans, repair, changed, insecure);
    }

    public PlacementConfig withPlans(PlanSettings changed) {
        return new PlacementConfig(
                self, others, folder, kafka, limits, changed, repair, management, insecure);
    }

    public PlacementConfig withRepair(RepairSettings changed) {
        return new PlacementConfig(
                self, others, folder, kafka, limits, plans, changed, management, insecure);
    }
}
