package io.vectron.standalone.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vectron.standalone.port.Part;
import io.vectron.standalone.port.PortLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneIT {
    @TempDir Path folder;

    @Test
    void startsEveryPieceAndStopsThemFromTheCallerInwards() throws Exception {
        StandaloneConfig config = StandaloneConfig.of(folder, PortLayout.free());
        List<Piece> stopped = new ArrayList<>();
        try (Standalone standalone = Standalone.start(config, DataFolder.open(folder))) {
            assertThat(standalone.startTimes().pieces()).containsOnlyKeys(Piece.values());
            List<Part> all = new ArrayList<>(List.of(Part.values()));
            all.remove(Part.FLINK_RPC); // within one process Flink needs none
            all.removeIf(Part::isOfFurtherProcess);
            assertThat(config.ports().taken()).isEqualTo(all);
            standalone.close(stopped::add);
        }
        assertThat(stopped).containsExactly(Piece.values());
        assertThat(config.ports().taken()).isEmpty();
        DataFolder.open(folder).close();
    }

    @Test
    void aPieceThatCannotStartIsNamedAndTheOthersAreStopped() throws Exception {
        StandaloneConfig config = StandaloneConfig.of(folder, PortLayout.free());
        DataFolder data = DataFolder.open(folder);
        Files.writeString(folder.resolve("kafka"), "not a folder");

        assertThatThrownBy(() -> Standalone.start(config, data))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("broker did not start")
                .hasMessageContaining("kafka");
        DataFolder.open(folder).close();
    }
}
