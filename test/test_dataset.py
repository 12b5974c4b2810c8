"""Datasets on disk, read by pyarrow, polars and pandas: what hillock wrote is what
they see, in values, types, names and units."""

import json
import subprocess

import numpy
import polars
import pyarrow
import pyarrow.ipc
import pytest

PROGRAM = """
package main

import (
	"context"
	"encoding/json"
	"os"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
)

func main() {
	o := dataset.Options{Seed: 213, ShardRows: 40, Samples: 2000, Points: 128}
	sources := map[string]dataset.Source{
		"adex": dataset.AdEx{Ranges: adex.Table2()},
		"chip": dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges4D()},
	}
	for name, source := range sources {
		d, err := dataset.Generate(context.Background(), name, source, 100, o)
		if err != nil {
			panic(err)
		}
		var rows []dataset.Row
		for i := range d.Len() {
			row, err := d.Row(i)
			if err != nil {
				panic(err)
			}
			rows = append(rows, row)
		}
		text, err := json.Marshal(rows)
		if err != nil {
			panic(err)
		}
		if err := os.WriteFile(name+".json", text, 0o644); err != nil {
			panic(err)
		}
	}
}
"""

PARAMETERS = {
    "adex": ["A", "TauW", "B", "Vr"],
    "chip": ["adaptation_i_bias_a", "adaptation_i_bias_tau", "adaptation_i_bias_b", "reset_v_reset"],
}


@pytest.fixture(scope="module")
def folder(hillock, tmp_path_factory):
    """A folder with two datasets in three shards each, and their rows as Go sees them."""
    folder = tmp_path_factory.mktemp("datasets")
    program = folder / "generate.go"
    program.write_text(PROGRAM)
    subprocess.run([hillock, "run", program], cwd=folder, check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(params=["adex", "chip"])
def dataset(request, folder):
    """A dataset's name, manifest, shards and rows."""
    manifest = json.loads((folder / request.param / "manifest.json").read_text())
    shards = [folder / request.param / shard["file"] for shard in manifest["shards"]]
    assert [shard["rows"] for shard in manifest["shards"]] == [40, 40, 20]
    rows = json.loads((folder / f"{request.param}.json").read_text())
    assert len(rows) == 100
    return request.param, manifest, shards, rows


def expect(name, rows, column, spikes, traces):
    """Compares what a library read, column by column, with the rows."""
    for i, parameter in enumerate(PARAMETERS[name]):
        values = column(parameter)
        assert values.dtype == numpy.float64
        assert values.tolist() == [row["Theta"][i] for row in rows]
    assert spikes.dtype == numpy.int32
    assert spikes.tolist() == [row["Spikes"] for row in rows]
    assert traces.dtype == numpy.float32 and traces.shape == (100, 128)
    assert numpy.array_equal(traces, numpy.array([row["Points"] for row in rows], dtype=numpy.float32))


def table(shards):
    return pyarrow.concat_tables(pyarrow.ipc.open_file(pyarrow.memory_map(str(shard))).read_all() for shard in shards)


def test_pyarrow(dataset):
    name, manifest, shards, rows = dataset
    read = table(shards)
    assert read.column_names == PARAMETERS[name] + ["spikes", "trace"]
    traces = read["trace"].combine_chunks().flatten().to_numpy().reshape(-1, 128)
    expect(name, rows, lambda p: read[p].to_numpy(), read["spikes"].to_numpy(), traces)
    about = read.schema.field("trace").metadata
    assert about[b"unit"].decode() == manifest["description"]["trace_unit"] == {"adex": "mV", "chip": "LSB"}[name]
    assert about[b"time_unit"].decode() == manifest["description"]["time_unit"] == {"adex": "ms", "chip": "µs"}[name]
    assert float(about[b"dt"]) == manifest["point_time"]
    assert [p["name"] for p in manifest["description"]["parameters"]] == PARAMETERS[name]


def test_polars(dataset):
    name, _, shards, rows = dataset
    read = polars.concat([polars.read_ipc(shard) for shard in shards])
    assert read.schema["trace"] == polars.Array(polars.Float32, 128)
    expect(name, rows, lambda p: read[p].to_numpy(), read["spikes"].to_numpy(), read["trace"].to_numpy())


def test_pandas(dataset):
    name, _, shards, rows = dataset
    read = table(shards).to_pandas()
    traces = numpy.stack(list(read["trace"]))
    expect(name, rows, lambda p: read[p].to_numpy(), read["spikes"].to_numpy(), traces)
