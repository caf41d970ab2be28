// What loading pickles can do. The rules: docs/scan.md.
#pragma once

#include <mlops/support/byte_source.hpp>

#include "pickle/judge.hpp"
#include "scanning.hpp"

namespace mlops::formats::pickle {

// All pickles of a file, one after the other, also those that stand behind something broken.
void scan_pickles(const ByteSource& source, Scanning& scanning);
// The same of `data.pkl` in a zip archive of PyTorch, whose persistent ids name the other members.
void scan_torch_pickle(const ByteSource& data_pkl, Scanning& scanning);
// The same of TorchScript, which loads them without Python.
void scan_torchscript_pickle(const ByteSource& source, Scanning& scanning);

// What follows where one pickle has ended.
void scan_rest(Window& input, Machine& machine, Scanning& scanning);
// Looks for pickles in what comes after something broken.
void scan_behind(Window& input, Machine& machine, Scanning& scanning);
// Runs one; false when it does not reach its end. What it did until then is reported, and so is this.
bool scan_one(Machine& machine, Window& input, Scanning& scanning, Value* result = nullptr);

}  // namespace mlops::formats::pickle
