"""Writes the notebooks that the tests of reading and writing compare with, by
Jupyter's own library (nbformat 5)."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

here = Path(__file__).parent


def everything():
    book = new_notebook(
        metadata={
            "kernelspec": {"name": "hillock", "display_name": "Go (hillock)", "language": "go"},
            "authors": [{"name": "Zoë"}],
            "empty": {},
            "none": None,
            "scale": 0.25,
            "large": 1e300,
            "list": [],
        }
    )
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="
    cells = [
        new_markdown_cell("# Neurons\n\nτ_w \"quoted\" \\ slash\tand tab", attachments={"a.png": {"image/png": picture}}),
        new_raw_cell("raw\r\ntext"),
        new_code_cell("x := 1\n\nx", execution_count=1, metadata={"tags": ["parameters"]}),
        new_code_cell(""),
    ]
    cells[2].outputs = [
        new_output("stream", name="stdout", text="one\ntwo\r\nthree\rfour\u2028five\x0csix\x1dseven\x85 end\n\nlast"),
        new_output("display_data", {"image/png": picture, "text/plain": "a picture"}, metadata={"image/png": {"width": 1}}),
        new_output("display_data", {"image/svg+xml": "<svg>\n</svg>", "application/json": {"b": [1, 2.5], "a": ["x\ny"]}}),
        new_output("execute_result", {"text/plain": "1", "text/html": "<b>\n1</b>\n"}, execution_count=1),
        new_output("error", ename="panic", evalue="index", traceback=["\x1b[31mpanic\x1b[0m", "at cell[1]:3"]),
    ]
    book.cells = cells
    for i, c in enumerate(cells):
        c.id = f"cell-{i}"
    return book


def empty():
    return new_notebook()


for make in everything, empty:
    book = make()
    nbformat.validate(book)
    nbformat.write(book, here / f"{make.__name__}.ipynb")
