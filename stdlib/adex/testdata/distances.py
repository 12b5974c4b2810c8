"""Distances between spike trains that the tests of adex are compared with.

    pip install elephant pyspike
    python distances.py distances.json

Victor-Purpura and van Rossum by elephant, ISI- and SPIKE-distance by PySpike.
"""

import json
import sys

import elephant
import neo
import numpy as np
import pyspike
import quantities as pq
from elephant.spike_train_dissimilarity import van_rossum_distance, victor_purpura_distance

END = 100.0
random = np.random.default_rng(5)


def train(n):
    return sorted(random.uniform(0, END, n).round(3).tolist())


regular = np.arange(5, 100, 10.0)
pairs = [(train(n), train(m)) for n, m in [(5, 5), (1, 7), (20, 30), (12, 1), (1, 1), (2, 2), (60, 3)]]
pairs += [([], train(6)), (train(1), []), ([], []), (regular.tolist(), regular.tolist()),
          (regular.tolist(), (regular + 0.7).round(3).tolist()), (regular.tolist(), regular[::2].tolist()),
          ([0.0, 20.0, 100.0], [10.0, 50.0])]
cases = []
for a, b in pairs:
    x, y = (neo.SpikeTrain(t * pq.ms, t_stop=END * pq.ms) for t in map(np.array, (a, b)))
    s, t = (pyspike.SpikeTrain(np.array(u), [0.0, END]) for u in (a, b))
    cases.append({
        "a": a, "b": b,
        "victor_purpura": {str(q): float(victor_purpura_distance([x, y], q / pq.ms)[0, 1]) for q in (0.0, 0.05, 0.5, 5.0)},
        "van_rossum": {str(tau): float(van_rossum_distance([x, y], tau * pq.ms)[0, 1]) for tau in (1.0, 10.0, 200.0)},
        "isi": float(pyspike.isi_distance(s, t)),
        "spike": float(pyspike.spike_distance(s, t)),
    })
with open(sys.argv[1], "w") as f:
    json.dump({"elephant": elephant.__version__, "pyspike": pyspike.__version__ if hasattr(pyspike, "__version__") else "", "end": END, "cases": cases}, f, indent=1)
