"""The quickstart notebook in JupyterLab, as a student meets it."""

import pytest
from selenium.webdriver.common.keys import Keys


@pytest.fixture(scope="module")
def executed(quickstart):
    """The notebook with every cell run."""
    quickstart.run_all()
    return quickstart


def visible(elements):
    return [e for e in elements if e.is_displayed()]


def test_every_cell_runs(executed):
    executed.screenshot("quickstart")
    assert executed.errors() == []
    numbers = [int(p.strip("[]: ")) for p in executed.prompts()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_plots_are_seen(executed):
    pictures = executed.pictures()
    assert len(pictures) >= 3
    for number, picture in enumerate(pictures):
        executed.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", picture)
        executed.screenshot(f"plot-{number + 1}")
        assert picture.size["width"] > 200 and picture.size["height"] > 100
        colours, ink = executed.ink(picture)
        assert colours >= 8 and ink > 0.005, (number, colours, ink)


def test_the_picture_of_the_readme(executed):
    """The patterns fill the page: docs/quickstart.png is a copy of this screenshot."""
    executed.command("application:toggle-left-area")
    cell = next(c for c in executed.all(".jp-CodeCell") if "adex.Patterns()" in c.text)
    executed.driver.execute_script("arguments[0].scrollIntoView({block: 'start'})", cell)
    executed.wait(lambda: not visible(executed.all("#jp-left-stack")), "the side bar to close")
    executed.screenshot("readme")
    assert cell.location["x"] < 100
    executed.command("application:toggle-left-area")


def test_completion_pops_up(executed):
    cell = executed.new_cell("adex.SimulateB")
    executed.type(Keys.TAB)
    executed.wait(
        lambda: visible(executed.all(".jp-Completer")) or "SimulateBatch" in cell.text, "the completer"
    )
    executed.screenshot("completion")
    if visible(executed.all(".jp-Completer")):
        executed.type(Keys.ENTER)
    executed.wait(lambda: "adex.SimulateBatch" in cell.text, "the completion")


def test_completion_offers_a_list_with_kinds(executed):
    executed.new_cell("adex.S")
    executed.type(Keys.TAB)
    completer = executed.wait(lambda: visible(executed.all(".jp-Completer")), "the completer")[0]
    items = [e.text for e in completer.find_elements("css selector", ".jp-Completer-item")]
    executed.screenshot("completion-list")
    assert any("Simulate" in item for item in items), items
    assert completer.find_elements("css selector", '.jp-Completer-icon, [data-icon], .jp-Completer-monogram')
    executed.type(Keys.ESCAPE)


def test_shift_tab_shows_the_doc(executed):
    executed.new_cell("adex.Simulate")
    executed.chord(Keys.SHIFT, Keys.TAB)
    tooltip = executed.wait(lambda: visible(executed.all(".jp-Tooltip")), "the tooltip")[0]
    executed.wait(lambda: "Simulate" in tooltip.text, "the tooltip's text")
    executed.screenshot("shift-tab")
    assert "ctx context.Context" in tooltip.text
    executed.type(Keys.ESCAPE)


def test_an_interrupt_works(executed):
    executed.new_cell("survivor := 1729")
    executed.run_cell()
    executed.wait(executed.idle, "the kernel")
    endless = executed.new_cell("for { survivor += 0 }")
    executed.run_cell()
    executed.wait(lambda: executed.status() == "busy", "the loop to run")
    executed.wait(lambda: visible(executed.all('[data-command="notebook:interrupt-kernel"]')), "the stop button")[0].click()
    executed.wait(executed.idle, "the interrupt")
    executed.wait(lambda: "interrupt" in endless.text.lower(), "the cell to say that it was interrupted")
    executed.screenshot("interrupt")
    after = executed.new_cell("survivor")
    executed.run_cell()
    executed.wait(lambda: "1729" in after.text, "the state to be as it was")
