"""Where what was found in many calls is kept: calls, runs, results, answers, failures."""
