// The folder of a logged model, by its MLmodel file.
// Source: "MLflow Model" in MLflow's documentation, and what MLflow 1.30 to 3.17 write.
#pragma once

#include <string>

#include <mlops/domain/inspection.hpp>

#include "folder/folder.hpp"

namespace mlops::formats {

bool is_mlflow(const Folder& folder);

// What MLmodel and the files of requirements tell, not the model itself: the answer is the path of its file or folder
// in this folder, by what the flavours say; "" when none does.
std::string inspect_mlflow(const Folder& folder, domain::Inspection& whole);

}  // namespace mlops::formats
