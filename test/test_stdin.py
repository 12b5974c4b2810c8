"""Input: fmt.Scan, os.Stdin and passwords ask the front end, if it may be asked."""

CELL_SCAN = 'import "fmt"\nvar word string\nvar number int\nfmt.Print("name? ")\nfmt.Scan(&word, &number)\nword'


def test_scan_asks(kernel):
    request = kernel.send(CELL_SCAN, allow_stdin=True)
    asked = kernel.input_request()
    assert asked["msg_type"] == "input_request"
    assert asked["parent_header"]["msg_id"] == request
    assert asked["content"]["password"] is False
    kernel.client.input("soma 12")
    outcome = kernel.outcome(request).ok()
    assert outcome.value == '"soma"'
    assert kernel.run("number").ok().value == "12"


def test_what_was_printed_before_comes_before_the_question(kernel):
    request = kernel.send(CELL_SCAN, allow_stdin=True)
    asked = kernel.input_request()
    if "name?" not in asked["content"]["prompt"]:
        kernel.wait_for_text("name? ", request)
    kernel.client.input("axon 1")
    kernel.outcome(request).ok()


def test_stdin_asks_line_by_line(kernel):
    request = kernel.send(
        """
import ("bufio"; "fmt"; "os")
lines := bufio.NewScanner(os.Stdin)
for range 2 { lines.Scan(); fmt.Println("got", lines.Text()) }
""",
        allow_stdin=True,
    )
    for text in ("one", "two 日本"):
        kernel.input_request()
        kernel.client.input(text)
    assert kernel.outcome(request).ok().stdout == "got one\ngot two 日本\n"


def test_password(kernel):
    request = kernel.send(
        'import "hillock/stdlib/notebook"\nmust(notebook.Password("secret: ")) == "open"', allow_stdin=True
    )
    asked = kernel.input_request()
    assert asked["content"] == {"prompt": "secret: ", "password": True}
    kernel.client.input("open")
    assert kernel.outcome(request).ok().value == "true"


def test_input_with_a_prompt(kernel):
    request = kernel.send('import "hillock/stdlib/notebook"\nmust(notebook.Input("who? "))', allow_stdin=True)
    assert kernel.input_request()["content"] == {"prompt": "who? ", "password": False}
    kernel.client.input("me")
    assert kernel.outcome(request).ok().value == '"me"'


def test_a_front_end_that_forbids_questions_is_not_asked(kernel):
    outcome = kernel.run(
        'import ("fmt"; "hillock/stdlib/notebook")\n_, err := notebook.Input("who? ")\nfmt.Println(err)',
        allow_stdin=False,
    ).ok()
    assert "allow_stdin" in outcome.stdout
    outcome = kernel.run('var answer string\n_, err = fmt.Scan(&answer)\nfmt.Println(err != nil)', allow_stdin=False).ok()
    assert outcome.stdout == "true\n"


def test_a_question_can_be_interrupted(kernel):
    request = kernel.send(CELL_SCAN, allow_stdin=True)
    kernel.input_request()
    kernel.interrupt()
    assert "interrupt" in kernel.outcome(request).error.lower()
    assert kernel.run("1 + 1").ok().value == "2"


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(kernel):
    request = kernel.send(CELL_SCAN, allow_stdin=True)
    kernel.input_request()
    kernel.interrupt()
    kernel.outcome(request)
    kernel.client.input("late 1")
    request = kernel.send(CELL_SCAN, allow_stdin=True)
    kernel.input_request()
    kernel.client.input("fresh 2")
    assert kernel.outcome(request).ok().value == '"fresh"'
