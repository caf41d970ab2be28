// The weights of a folder: which of its files hold them, and what they make together.
#pragma once

#include <string_view>
#include <vector>

#include "folder/folder.hpp"

namespace mlops::formats {

// Adds what one file of a model tells to what is known of the whole: tensors and parameters are summed, of all else
// what is known already stays. Problems get the file's path in front, facts stay behind.
void merge_file(const FileInspection& file, domain::Inspection& whole);

// The same of a folder inside, whose problems name their files already.
void merge_part(const domain::Inspection& part, domain::Inspection& whole);

// The files in the folder itself that a loader of Hugging Face would read, and only once: of the same weights in
// several formats the first in the order safetensors, PyTorch, others. Others are named in the fact `other_weights`.
void merge_weights(const Folder& folder, domain::Inspection& whole);

// A folder of no known kind: its largest model file, with the other parts of it ("model-00002-of-00003.gguf"). The
// rest are named in the fact `other_models`.
void inspect_single(const Folder& folder, domain::Inspection& whole);

}  // namespace mlops::formats
