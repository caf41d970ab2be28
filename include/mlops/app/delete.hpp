// `delete`: a version whose bytes may go and whose facts stay.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <mlops/app/workspace.hpp>
#include <mlops/domain/records.hpp>

namespace mlops::app {

struct DeleteRequest {
  std::string reference;
  std::string reason;
  bool force = false;  // though a stage, an alias or a descendant needs it; wants a reason
  bool dry_run = false;
};
enum class DeleteResult { deleted, already_deleted, refused };
struct DeleteOutcome {
  DeleteResult result = DeleteResult::refused;
  domain::VersionId version;
  domain::Deletion deletion;                // with `refused` and in a dry run: as it would be
  std::vector<std::string> stages;          // that it held
  std::vector<std::string> aliases;         // that pointed to it
  std::vector<domain::VersionId> children;  // that have it as their parent and remain; the first few
  bool more_children = false;
  bool dry_run = false;
};
DeleteOutcome delete_version(Workspace& workspace, const DeleteRequest& request);

}  // namespace mlops::app
