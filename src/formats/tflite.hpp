// TensorFlow Lite models. Source: schema.fbs of tensorflow/tensorflow.
#pragma once

#include <mlops/domain/inspection.hpp>
#include <mlops/support/byte_source.hpp>

#include "format_table.hpp"

namespace mlops::formats {

bool is_tflite(const Head& head);
void inspect_tflite(const ByteSource& source, domain::Inspection& inspection);
// An interpreter runs what operators it was built with; those of all of TensorFlow may be among them, and with them
// those that read and write files.
void scan_tflite(const ByteSource& source, Scanning& scanning);

}  // namespace mlops::formats
