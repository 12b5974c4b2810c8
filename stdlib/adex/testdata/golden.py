"""Runs that the tests of adex are compared with, made by Brian 2.

    pip install brian2 "numpy<2"
    python golden.py golden.json.gz [every]

Forward Euler (method='euler'), 0.01 ms steps. Each run keeps each `every`-th
sample of V and w (default 25) and the step of each spike.
"""

import gzip
import json
import sys

import numpy as np
from brian2 import (Network, NeuronGroup, SpikeMonitor, StateMonitor, TimedArray,
                    defaultclock, ms, mV, nS, pA, pF)
import brian2

# The C++ and Cython targets are compiled with -ffast-math -march=native, so their
# last bits depend on the compiler and the processor.
brian2.prefs.codegen.target = "numpy"

EVERY = int(sys.argv[2]) if len(sys.argv) > 2 else 25

PATTERNS = {
    "tonic": (200, 10, -70, 2, 30, 0, -58, 500),
    "adaptation": (200, 12, -70, 2, 300, 60, -58, 500),
    "initial burst": (130, 18, -58, 4, 150, 120, -50, 400),
    "regular bursting": (200, 10, -58, 2, 120, 100, -46, 210),
    "delayed accelerating": (200, 12, -70, -10, 300, 0, -58, 300),
    "delayed regular bursting": (100, 10, -65, -10, 90, 30, -47, 110),
    "transient": (100, 10, -65, 10, 90, 100, -47, 180),
    "irregular": (100, 12, -60, -11, 130, 30, -48, 160),
}


def simulate(sets, phases=None, samples=None, dt=0.01):
    """Runs all parameter sets (dicts in adex's units) with one current: phases of
    (pA, ms) or a sample (pA) for each step."""
    defaultclock.dt = dt * ms
    namespace = {}
    if samples is not None:
        namespace["current_array"] = TimedArray(np.asarray(samples) * pA, dt=dt * ms)
    group = NeuronGroup(
        len(sets),
        """dv/dt = (gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) - w + I)/C : volt (unless refractory)
           dw/dt = (a*(v - EL) - w)/tauw : amp
           C : farad
           gL : siemens
           EL : volt
           VT : volt
           DeltaT : volt
           a : siemens
           tauw : second
           b : amp
           Vr : volt
           VTh : volt
           hold : second
           """ + ("I : amp" if phases else "I = current_array(t) : amp"),
        threshold="v > VTh", reset="v = Vr; w += b", refractory="hold", method="euler",
        namespace=namespace)
    for name, key, unit in [("C", "C", pF), ("gL", "GL", nS), ("EL", "EL", mV), ("VT", "VT", mV),
                            ("DeltaT", "DeltaT", mV), ("a", "A", nS), ("tauw", "TauW", ms), ("b", "B", pA),
                            ("Vr", "Vr", mV), ("VTh", "VTh", mV), ("hold", "Refractory", ms)]:
        setattr(group, name, np.array([s.get(key, 0.0) for s in sets]) * unit)
    group.v = group.EL
    trace = StateMonitor(group, ["v", "w"], record=True, dt=dt * EVERY * ms)
    spikes = SpikeMonitor(group)
    network = Network(group, trace, spikes)
    if phases:
        for current, duration in phases:
            group.I = current * pA
            network.run(duration * ms)
    else:
        network.run(len(samples) * dt * ms)
    trains = spikes.spike_trains()
    for i, s in enumerate(sets):
        yield {"params": s,
               "v": (trace.v[i] / mV).tolist(), "w": (trace.w[i] / pA).tolist(),
               "spikes": np.rint(np.asarray(trains[i] / (dt * ms))).astype(int).tolist()}


def main():
    runs = []

    def add(name, sets, stimulus, **current):
        for run in simulate(sets, **current):
            runs.append({"name": name, "stimulus": stimulus, "every": EVERY, **run})

    def step(name, sets, i, onset, runtime, offset):
        phases = [(current, duration) for current, duration in ((0, onset), (i, runtime), (0, offset)) if duration]
        add(name, sets, {"I": i, "Onset": onset, "Runtime": runtime, "Offset": offset}, phases=phases)

    thesis = (2000, 0.1, 100, 0.1)
    base = {"C": 100, "GL": 10, "EL": -70, "VT": -50, "DeltaT": 2, "VTh": 0}
    table4 = {**base, "A": 80, "TauW": 50, "B": 80, "Vr": -55}
    step("table 4", [table4], *thesis)
    for name, (c, gl, el, a, tauw, b, vr, i) in PATTERNS.items():
        step(name, [{"C": c, "GL": gl, "EL": el, "VT": -50, "DeltaT": 2, "A": a, "TauW": tauw, "B": b, "Vr": vr, "VTh": 0}],
             i, 0, 400, 0)
    random = np.random.default_rng(1)
    sets = [{**base, "A": random.uniform(30, 1000), "B": random.uniform(0, 200),
             "TauW": random.uniform(30, 800), "Vr": random.uniform(-70, -50)} for _ in range(24)]
    step("table 2", sets, *thesis)
    step("refractory", [{**table4, "Refractory": r} for r in (0.01, 0.02, 1.0, 5.0)], *thesis)
    step("threshold", [{**table4, "VTh": -40.0}, {**table4, "VTh": 30.0, "DeltaT": 0.5}], *thesis)
    noise = np.round(800 + 600 * random.standard_normal(5000), 3)
    add("sampled", [table4], {"Samples": noise.tolist()}, samples=noise)
    with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as f:
        f.write(json.dumps({"brian2": brian2.__version__, "numpy": np.__version__, "runs": runs}).encode())


main()
