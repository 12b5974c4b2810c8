"""Times Brian 2 on the simulations that neurons.go times in hillock.

    python neurons.py

Prints {"version", "one", "thousand"}: the median of run() in ms, after the first,
which compiles, for 10,000 steps of forward Euler with V recorded, of the neuron
of the thesis's table 4 and of 1,000 neurons of its table 2. Target: cython.
"""

import json
import statistics
import time

import brian2
import numpy as np
from brian2 import (Network, NeuronGroup, StateMonitor, defaultclock, ms, mV, nS, pA, pF, prefs)

prefs.codegen.target = "cython"
defaultclock.dt = 0.01 * ms


def measure(adaptation, time_constant, jump, reset, repeats):
    group = NeuronGroup(
        len(adaptation),
        """dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) - w + I)/C : volt
           dw/dt = (a*(v - EL) - w)/tauw : amp
           a : siemens
           tauw : second
           b : amp
           Vr : volt""",
        threshold="v > 0*mV", reset="v = Vr; w += b", method="euler",
        namespace={"C": 100 * pF, "gL": 10 * nS, "EL": -70 * mV, "VT": -50 * mV, "DeltaT": 2 * mV, "I": 2000 * pA})
    group.a, group.tauw, group.b, group.Vr = adaptation * nS, time_constant * ms, jump * pA, reset * mV
    trace = StateMonitor(group, "v", record=True)
    network = Network(group, trace)
    network.store()
    times = []
    for _ in range(repeats + 1):
        network.restore()
        group.v = -70 * mV
        start = time.perf_counter()
        network.run(100 * ms)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times[1:])


random = np.random.default_rng(1)
n = 1000
print(json.dumps({
    "version": brian2.__version__,
    "one": measure(np.array([80.0]), np.array([50.0]), np.array([80.0]), np.array([-55.0]), 9),
    "thousand": measure(random.uniform(30, 1000, n), random.uniform(30, 800, n), random.uniform(0, 200, n),
                        random.uniform(-70, -50, n), 5),
}))
