// What the triggers of a model are judged by.
#pragma once

#include <mlops/app/run.hpp>
#include <mlops/app/workspace.hpp>
#include <mlops/domain/policy.hpp>
#include <mlops/domain/trigger.hpp>

namespace mlops::app {

// Only what the triggers ask for is looked up, so that a thousand quiet models cost little.
domain::TriggerFacts trigger_facts(Workspace& workspace, const std::string& model, const domain::ModelPolicy& policy,
                                   std::int64_t version);

// What the training that follows is given: the newest snapshot of each dataset, and files of the folder that differ.
std::vector<DataArgument> newest_inputs(Workspace& workspace, const domain::ModelPolicy& policy,
                                        const domain::VersionId& version);

// What a firing has seen, for the next one: of the newest batch and of all data.
void note_seen(Workspace& workspace, const domain::ModelPolicy& policy, const domain::TriggerFacts& facts,
               domain::Firing& firing);

}  // namespace mlops::app
