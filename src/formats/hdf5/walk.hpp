// Every object of a file once, however its links are tied.
#pragma once

#include <string>
#include <vector>

#include "attribute.hpp"
#include "dataset.hpp"
#include "group.hpp"

namespace mlops::formats::hdf5 {

class Visitor {
 public:
  virtual ~Visitor() = default;
  // Paths have no '/' in front: "" is the root group. The attributes are also those of the dataset that may follow.
  virtual void on_object(const std::string& path, const std::vector<Attribute>& attributes) = 0;
  virtual void on_dataset(const std::string& path, const Dataset& dataset,
                          const std::vector<Attribute>& attributes) = 0;
  // Of a link that is not a hard one.
  virtual void on_link(const std::string& path, const Link& link) = 0;
  // What is wrong with one object; the others are visited all the same.
  virtual void on_malformed(const std::string& path, const std::string& what) = 0;
  virtual void on_unscannable(const std::string& path, const std::string& what) = 0;
};

// Unscannable when there are more objects than can be looked at.
void walk(const File& file, Visitor& visitor);

}  // namespace mlops::formats::hdf5
