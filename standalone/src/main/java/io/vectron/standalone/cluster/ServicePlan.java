package io.vectron.standalone.cluster;

import io.vectron.standalone.process.Launch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All that is needed to start a service.
 *
 * @param launch the process
 * @param files to be written before, path → text
 * @param emptied folders to be emptied before
 */
record ServicePlan(Launch launch, Map<Path, String> files, List<Path> emptied) {
    ServicePlan {
        files = Map.copyOf(files);
        emptied = List.copyOf(emptied);
    }
}
