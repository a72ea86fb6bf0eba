package io.vectron.placement.config;

import io.vectron.common.manage.ManagementConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Settings of one placement node.
 *
 * @param self this node
 * @param members all members of the group, this node among them: one, or three
 * @param folder everything of this node lies below; no two nodes share one
 * @param management where it answers operators
 */
public record PlacementConfig(
        Member self,
        List<Member> members,
        Path folder,
        KafkaSettings kafka,
        PlacementLimits limits,
        PlanSettings plans,
        ManagementConfig management) {
    public PlacementConfig {
        members = List.copyOf(members);
        folder = folder.toAbsolutePath().normalize();
        if (!members.contains(self)) {
            throw new IllegalArgumentException(self + " is not among the members " + members);
        }
        if (members.size() != 1 && members.size() != 3) {
            throw new IllegalArgumentException("placement has 1 or 3 members: " + members);
        }
        Set<String> ids = new HashSet<>();
        for (Member member : members) {
            if (!ids.add(member.id())) {
                throw new IllegalArgumentException("two members are called " + member.id());
            }
            if (members.size() > 1 && member.port() == 0) {
                throw new IllegalArgumentException("members of several need a port: " + member);
            }
        }
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
                List.of(self),
                folder,
                kafka,
                PlacementLimits.defaults(),
                PlanSettings.defaults(),
                ManagementConfig.OFF);
    }

    public PlacementConfig withLimits(PlacementLimits changed) {
        return new PlacementConfig(self, members, folder, kafka, changed, plans, management);
    }

    /** The same, answering operators there. */
    public PlacementConfig withManagement(ManagementConfig changed) {
        return new PlacementConfig(self, members, folder, kafka, limits, plans, changed);
    }

    public PlacementConfig withPlans(PlanSettings changed) {
        return new PlacementConfig(self, members, folder, kafka, limits, changed, management);
    }
}
