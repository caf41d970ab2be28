// Formats that are zip archives, told apart by their members.
#pragma once

#include <span>
#include <string_view>

#include <mlops/domain/inspection.hpp>

#include "archive/zip.hpp"
#include "scanning.hpp"

namespace mlops::formats {

// What a member is to the loader of the archive.
enum class ZipRole {
  content,  // anything: it is what its content says
  numbers,  // the raw bytes of a tensor: of unrecognised content only the beginning is read
  state,    // a pickle of PyTorch, whose persistent ids name other members
  script,   // the same of TorchScript
  program,  // of a language of the loader's own, which the kind's `scan` looks into; its name says nothing
};

struct ZipKind {
  std::string_view name;
  bool is_model;  // whether a loader of models takes it as a whole
  bool (*matches)(const ZipArchive& archive);
  // Besides what is told of every archive; `inspection.format` is set already. May throw Malformed and Unscannable.
  void (*inspect)(const ZipArchive& archive, domain::Inspection& inspection);
  // Besides what is done with every archive and member; nullptr: nothing.
  void (*scan)(const ZipArchive& archive, Scanning& scanning);
  // nullptr: all members are content.
  ZipRole (*role)(const ZipMember& member);
};

// The first of the table that matches; `zip` matches all.
const ZipKind& kind_of(const ZipArchive& archive);

}  // namespace mlops::formats
