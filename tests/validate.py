#!/usr/bin/python3
"""validate.py SCHEMA RESULT...: checks results, or files of several lines of
JSON, against the schema, and that every null has its reason beside it, but for
the keys that the schema calls `self_explanatory`."""
import json
import sys

import jsonschema

# Null because there is nothing to say, not because it was not measured.
EMPTY = {"reason", "detail"}


def unexplained(value, path, empty):
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield from unexplained(item, "%s[%d]" % (path, i), empty)
    if isinstance(value, dict):
        for key, item in value.items():
            if item is None and key not in empty and key + "_why" not in value:
                yield path + "." + key
            yield from unexplained(item, path + "." + key, empty)


def results(path):
    with open(path) as file:
        text = file.read()
    at = 0
    while at < len(text):
        result, end = json.JSONDecoder().raw_decode(text, at)
        yield result
        at = end + len(text[end:]) - len(text[end:].lstrip())


def main():
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    empty = EMPTY | set(schema.get("self_explanatory", []))
    faults = 0
    for path in sys.argv[2:]:
        found = list(results(path))
        if not found:
            print("%s: there is nothing in it" % path)
            faults += 1
        for result in found:
            for error in validator.iter_errors(result):
                print("%s: %s: %s" % (path, list(error.path), error.message))
                faults += 1
            for where in unexplained(result, "", empty):
                print("%s: %s is null without a why" % (path, where))
                faults += 1
    sys.exit(1 if faults else 0)


main()
