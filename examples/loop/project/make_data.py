#!/usr/bin/python3
"""Writes what is known of the carbon dioxide above Mauna Loa, week by week, as of the end of a year.

statsmodels' bundled record runs from 1958 to 2001. The question is how much the level will have risen in a quarter of a year; the
answer to a week's question is known thirteen weeks later.

    make_data.py known 1970     data/train.csv and data/holdout.csv (the last two years), of weeks whose answer is known
    make_data.py week 1971      inbox/1971.csv: the questions of that year, one a week
    make_data.py answers 1971   inbox/1971-outcomes.csv: what came of them

With --flipped FROM the training data has the wrong sign since that year, as after a mistake in an export.
"""

import argparse
from pathlib import Path

import numpy as np
from statsmodels.datasets import co2

FEATURES = ["rise_4w", "rise_13w", "rise_52w", "season_sin", "season_cos"]
HOLDOUT_YEARS = 2


def weeks():
    """All weeks whose features and answer are known."""
    level = co2.load_pandas().data["co2"].interpolate()
    season = 2 * np.pi * (level.index.dayofyear - 1) / 365.25
    table = level.to_frame("level")
    for span in (4, 13, 52):
        table[f"rise_{span}w"] = level - level.shift(span)
    table["season_sin"], table["season_cos"] = np.sin(season), np.cos(season)
    table["rise"] = level.shift(-13) - level
    table["week"] = level.index.strftime("%Y-%m-%d")
    return table.dropna()


def write(path, table, columns):
    path = Path(path)
    path.parent.mkdir(exist_ok=True)
    table.to_csv(path, columns=columns, index=False, float_format="%.6g", lineterminator="\n")
    print(f"{path}: {len(table)} weeks from {table['week'].iloc[0]} to {table['week'].iloc[-1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["known", "week", "answers"])
    parser.add_argument("year", type=int)
    parser.add_argument("--flipped", type=int, metavar="FROM")
    wanted = parser.parse_args()

    table, year = weeks(), wanted.year
    if wanted.what == "week":
        write(f"inbox/{year}.csv", table[str(year):str(year)], ["week", *FEATURES])
    elif wanted.what == "answers":
        write(f"inbox/{year}-outcomes.csv", table[str(year):str(year)], ["week", "rise"])
    else:
        train = table["1959":str(year - HOLDOUT_YEARS)].copy()
        if wanted.flipped:
            train.loc[str(wanted.flipped):, "rise"] *= -1
        write("data/train.csv", train, ["week", *FEATURES, "rise"])
        write("data/holdout.csv", table[str(year - HOLDOUT_YEARS + 1):str(year)], ["week", *FEATURES, "rise"])


if __name__ == "__main__":
    main()
