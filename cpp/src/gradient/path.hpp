#pragma once

#include <functional>
#include <vector>

#include "redfield/base/types.hpp"

namespace redfield::gradient {

/// Called at each output i, the last one first, with ρ and y just after it, to which the output adds.
using Visit = std::function<void(std::size_t i, const RealMatrix& rho, RealMatrix& y)>;

/// The outputs of an evolution, with pieces of at most one length between them.
class Path {
  public:
    Path(const std::vector<double>& times, double longest);

    using Forward = std::function<RealMatrix(std::size_t piece, const RealMatrix& rho, double length)>;
    using Back = std::function<RealMatrix(std::size_t piece, const RealMatrix& rho, const RealMatrix& y,
                                          double length)>;

    /// The lengths of the pieces, in order.
    std::vector<double> lengths() const;

    /// Goes forward from `start` and back to it; states where pieces begin are kept up to `bytes`, else
    /// those of every so many pieces, from which the others are computed again.
    void walk(const RealMatrix& start, double bytes, const Forward& forward, const Back& back,
              const Visit& visit, RealMatrix& y) const;

  private:
    struct Piece {
        double length;
        std::size_t outputs;  ///< outputs at its begin
    };
    std::vector<Piece> pieces_;  ///< the last one, of no length, is the end
    std::size_t outputs_;
};

}  // namespace redfield::gradient
