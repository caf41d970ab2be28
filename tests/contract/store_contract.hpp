// What every Store does, whatever engine is behind it.
// The tests of an engine call each function from a test case of the same name, with a way to make fresh stores.
#pragma once

#include "store/deletions.hpp"
#include "store/hooks.hpp"
#include "store/lineage.hpp"
#include "store/lists.hpp"
#include "store/log.hpp"
#include "store/many.hpp"
#include "store/monitoring.hpp"
#include "store/registry.hpp"
#include "store/runs.hpp"
#include "store/stages.hpp"
#include "store/triggers.hpp"
#include "store/versions.hpp"
