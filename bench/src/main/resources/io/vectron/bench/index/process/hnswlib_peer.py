"""hnswlib in a process of its own; the protocol is described at EngineServer.

Arguments: folder of the data, metric, most rows, M, efConstruction.
"""

import os
import sys
import threading
import time

try:
    from importlib.metadata import version

    import hnswlib
    import numpy as np
except ImportError as missing:
    print(f"missing {missing}", flush=True)
    sys.exit(0)

FOLDER, METRIC = sys.argv[1:3]
ROWS, M, EF_CONSTRUCTION = map(int, sys.argv[3:6])
FILE = "index.hnsw"
CHUNK = 4096


def end_with(bench):
    """Or a build would go on for minutes after the bench was killed."""
    while os.getppid() == bench:
        time.sleep(1)
    os._exit(1)


def rows_of(name, most):
    for suffix, kind in (("f16bin", "<f2"), ("u8bin", "u1")):
        path = os.path.join(FOLDER, f"{name}.{suffix}")
        if os.path.exists(path):
            count, columns = np.fromfile(path, "<u4", 2)
            shape = (int(count), int(columns))
            return np.memmap(path, kind, "r", 8, shape)[:most]
    raise FileNotFoundError(f"{FOLDER} has no {name}.f16bin or {name}.u8bin")


def prepared(rows):
    floats = np.ascontiguousarray(rows, np.float32)
    if METRIC == "COSINE":
        floats /= np.linalg.norm(floats.astype(np.float64), axis=1, keepdims=True)
    return floats


def say(*words):
    print(*words, flush=True)


def new_index():
    # Rows are normalised for cosine, so that its inner product is enough.
    return hnswlib.Index("l2" if METRIC == "EUCLIDEAN" else "ip", base.shape[1])


def build(threads, folder):
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    index = new_index()
    index.init_index(len(base), ef_construction=EF_CONSTRUCTION, M=M, random_seed=100)
    for start in range(0, len(base), CHUNK):
        chunk = prepared(base[start : start + CHUNK])
        index.add_items(chunk, np.arange(start, start + len(chunk)), num_threads=threads)
        say("progress", start + len(chunk))
    index.save_index(os.path.join(folder, FILE))
    say("built", time.perf_counter_ns() - wall, time.process_time_ns() - cpu)
    return index


def answer(line):
    global index
    request, _, rest = line.partition(" ")
    if request == "build":
        threads, folder = rest.split(" ", 1)
        index = build(int(threads), folder)
        sizes.append(os.path.getsize(os.path.join(folder, FILE)))
    elif request == "open":
        wall = time.perf_counter_ns()
        index = new_index()
        path = os.path.join(rest, FILE)
        index.load_index(path, max_elements=len(base))
        sizes.append(os.path.getsize(path))
        say("opened", time.perf_counter_ns() - wall)
    elif request == "search":
        threads, k, ef = map(int, rest.split())
        index.set_ef(ef)
        cpu = time.process_time_ns()
        labels, _ = index.knn_query(queries, k=k, num_threads=threads)
        say("searched", time.process_time_ns() - cpu)
        say(*labels.ravel())
    elif request == "time":
        k, ef = map(int, rest.split())
        index.set_ef(ef)
        nanos = []
        for query in queries:
            start = time.perf_counter_ns()
            index.knn_query(query, k=k, num_threads=1)
            nanos.append(time.perf_counter_ns() - start)
        say("timed", *nanos)
    elif request == "memory":
        say("memory", sizes[-1], -1)
    else:
        raise ValueError(f"hnswlib does not {request}")


threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
index = None
sizes = []
base = rows_of("base", ROWS)
queries = prepared(rows_of("query", None))
say("ready", "hnswlib", version("hnswlib"))
for request_line in sys.stdin:
    try:
        answer(request_line.rstrip("\n"))
    except Exception as problem:  # told to the bench, which ends the run
        say("error", type(problem).__name__, str(problem).replace("\n", " "))
