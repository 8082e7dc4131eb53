"""What a workload can be told: declared as in C, and read from a load."""

NO_EFFECT = "no effect: how it lies in memory is the runtime's choice"


def number(text, minimum, maximum):
    if not (text.isascii() and text.isdigit()
            and minimum <= int(text) <= maximum):
        raise ValueError(f"'{text}' is not an integer from {minimum} to "
                         f"{maximum}")
    return int(text)


class Integer:
    def __init__(self, name, default, minimum, maximum, unit, meaning):
        self.name = name
        self.default = default
        self.range = minimum, maximum
        self.rest = unit, meaning

    def read(self, text):
        return number(text, *self.range)

    def fields(self):
        """As in a line of --describe."""
        return (self.name, "integer", self.default, *self.range, *self.rest)


class Choice:
    """One of some words; the first one is the default."""

    def __init__(self, name, words, meaning):
        self.name = name
        self.words = words
        self.default = words[0]
        self.meaning = meaning

    def read(self, text):
        if text not in self.words:
            raise ValueError(f"'{self.name}={text}' is none of "
                             f"{', '.join(self.words)}")
        return text

    def fields(self):
        return (self.name, "choice", self.default, "|".join(self.words), "-",
                "-", self.meaning)


def read_settings(parameters, given):
    """The values by name, from the texts that were given."""
    known = {parameter.name: parameter for parameter in parameters}
    settings = {name: parameter.default for name, parameter in known.items()}
    for name, text in given.items():
        if name not in known:
            raise ValueError(f"'{name}={text}' is not a known setting")
        settings[name] = known[name].read(text)
    return settings
