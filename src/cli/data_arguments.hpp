// How tables are named on the command line, the same for all commands that read them.
#pragma once

#include <mlops/app/dataset_profile.hpp>

#include "args.hpp"

namespace mlops::cli {

inline void declare_data(Args& args, app::DataRequest& request) {
  args.positional("DATA", request.data, "a CSV, TSV, JSON Lines or NPY file, or DATASET[@REF]", Completes::files);
  args.option({"--format"}, "FORMAT", request.format,
              "csv, tsv, jsonl or npy (default: what the file's name or beginning tells)");
  args.option({"--delimiter"}, "CHAR", request.delimiter,
              "between the fields of CSV, or `tab` (default: what the first row shows)");
}

}  // namespace mlops::cli
