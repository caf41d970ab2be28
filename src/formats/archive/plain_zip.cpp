#include "archive/plain_zip.hpp"

#include "archive/members.hpp"
#include "malformed.hpp"

namespace mlops::formats {

void inspect_plain_zip(const ZipArchive& archive, domain::Inspection& inspection) {
  MemberList list;
  for (const ZipMember& member : archive.members()) {
    if (member.is_folder) continue;
    std::unique_ptr<ByteSource> part;
    try {
      part = archive.open(member);
    } catch (const Malformed& error) {
      inspection.problems.emplace_back(error.what());
    } catch (const Unscannable& error) {
      inspection.problems.emplace_back(error.what());
    }
    list.add(member.name, member.size, part.get());
  }
  list.tell(inspection);
}

}  // namespace mlops::formats
