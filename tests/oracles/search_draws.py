#!/usr/bin/env python3
"""What a random search draws, computed again: xoshiro256** in Python, and Python's own powers for logarithmic ranges.

Prints the figures of tests/unit/app/search_draws_test.cpp."""
import random_numbers


def below(numbers, bound):
    """Lemire, "Fast Random Integer Generation in an Interval" (2019)."""
    while True:
        product = next(numbers) * bound
        low = product & (2**64 - 1)
        if low >= bound or low >= (2**64 - bound) % bound:
            return product >> 64


def uniform(numbers):
    return (next(numbers) >> 11) * 2.0**-53


def six_digits(value):
    return float(f"{value:.6g}")


def main():
    numbers = random_numbers.xoshiro(1)
    for _ in range(4):
        depth = 2 + below(numbers, 7)
        rate = six_digits(0.001 * (1 / 0.001) ** uniform(numbers))
        share = six_digits(0.5 + uniform(numbers) * (1 - 0.5))
        leaves = int(min(10 * ((1000 + 1) / 10) ** uniform(numbers), 1000))
        print({"depth": depth, "lr": rate, "share": share, "leaves": leaves})
    numbers = random_numbers.xoshiro(7)
    taken = []
    while len(taken) < 5:
        number = below(numbers, 12)
        if number not in taken:
            taken.append(number)
    print("of 12 combinations:", taken)


if __name__ == "__main__":
    main()
