#pragma once

#include <functional>

#include "redfield/generator/generator.hpp"
#include "redfield/linalg/csr.hpp"
#include "redfield/linalg/workspace.hpp"

namespace redfield::generator {

using PackedMap = std::function<void(const ConstRef&, MutableRef, linalg::Workspace&)>;

/// The matrix of a map of packed Hermitian matrices, continued to all complex ones, on column-stacked
/// arguments: N² applications, one a thread at a time, and a dense matrix on the way.
CsrMatrix matrix_of(Index n, const PackedMap& map, const AssemblyOptions& options);

}  // namespace redfield::generator
