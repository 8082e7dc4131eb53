#!/usr/bin/python3
"""validate.py SCHEMA RESULT...: checks results against the schema, and that
every null has its reason beside it."""
import json
import sys

import jsonschema

# Null because there is nothing to say, not because it was not measured.
EMPTY = {"reason", "detail"}


def unexplained(value, path):
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from unexplained(item, "%s[%d]" % (path, i))
    if isinstance(value, dict):
        for key, item in value.items():
            if item is None and key not in EMPTY and key + "_why" not in value:
                yield path + "." + key
            yield from unexplained(item, path + "." + key)


def main():
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    faults = 0
    for path in sys.argv[2:]:
        with open(path) as file:
            result = json.load(file)
        for error in validator.iter_errors(result):
            print("%s: %s: %s" % (path, list(error.path), error.message))
            faults += 1
        for where in unexplained(result, ""):
            print("%s: %s is null without a why" % (path, where))
            faults += 1
    sys.exit(1 if faults else 0)


main()
