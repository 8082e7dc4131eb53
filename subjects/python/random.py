"""splitmix64, the same numbers in every subject (PROTOCOL.md, "Checksums")."""

MASK = (1 << 64) - 1
LOAD = 1 << 31  # stands for worker and request while the template loads


def mix(z):
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & MASK
    z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & MASK
    return z ^ (z >> 31)


def random_numbers(seed, worker, request):
    """Without end; of one request of one worker."""
    state = mix(seed) ^ mix((worker << 32) + request + 1)
    while True:
        state = (state + 0x9e3779b97f4a7c15) & MASK
        yield mix(state)
