"""hnswlib as a peer of SealedBench: M=16, efConstruction=200, float32, one thread.

Arguments: data folder, metric, file to keep the graph in. Reads values of ef from its input, answers
each with "ef recall@10 queries-a-CPU-second".
"""
import os
import sys
import time

import hnswlib
import numpy as np

folder, metric, kept = sys.argv[1:4]
halves = os.path.exists(folder + "/base.f16bin")


def rows(name):
    path = f"{folder}/{name}." + ("f16bin" if halves else "u8bin")
    count, dimension = np.fromfile(path, np.uint32, 2)
    values = np.fromfile(path, np.float16 if halves else np.uint8, offset=8)
    return values.reshape(count, dimension).astype(np.float32)


queries = rows("query")
count, width = np.fromfile(folder + "/groundtruth100.ibin", np.uint32, 2)
truth = np.fromfile(folder + "/groundtruth100.ibin", np.int32, offset=8).reshape(count, width)
space = {"cosine": "ip", "dot": "ip", "euclidean": "l2"}[metric]
if metric == "cosine":
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
index = hnswlib.Index(space, queries.shape[1])
if os.path.exists(kept):
    index.load_index(kept)
else:
    base = rows("base")
    if metric == "cosine":
        base /= np.linalg.norm(base, axis=1, keepdims=True)
    index.init_index(len(base), M=16, ef_construction=200, random_seed=100)
    begin = time.process_time()
    index.add_items(base, num_threads=1)
    print(f"# {len(base) / (time.process_time() - begin):.0f} vectors a CPU second", flush=True)
    index.save_index(kept)
    del base
index.set_num_threads(1)
for line in sys.stdin:
    index.set_ef(int(line))
    begin = time.process_time()
    found, _ = index.knn_query(queries, k=10)
    seconds = time.process_time() - begin
    hits = sum(len(set(f.tolist()) & set(t[:10].tolist())) for f, t in zip(found, truth))
    print(f"{int(line)} {hits / 10 / len(queries):.5f} {len(queries) / seconds:.1f}", flush=True)
