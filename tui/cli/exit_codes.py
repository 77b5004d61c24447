"""What the exit codes of the program mean."""

EXIT_CODES = {
    "0": "done, no difference, or only warnings",
    "1": "failed, an error in the settings, a test that failed or tested nothing, delivery that "
    "isn't shown",
    "2": "`plan` found differences",
    "4": "mail may not go out; the message says what stands now and which command sets it right",
    "5": "refused: out of date, locked, a condition is open, or a confirmation is missing",
    "64": "the call is wrong, or there is no terminal",
    "128+N": "stopped by signal N",
}
