"""Great Expectations suites over the canonical tables: the only place that imports great_expectations.

To add an expectation, add one line to a topic's table of checks (``expectations/business.py``) and a passing and a failing row
to its test. What every table must satisfy follows from the model (``expectations/base.py``) and is never listed twice.
"""
