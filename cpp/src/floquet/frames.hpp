#pragma once

#include <vector>

#include "redfield/floquet/modes.hpp"

namespace redfield::floquet {

/// Modes::frame at the times of outputs. Times that are whole periods apart, to their rounding, share the
/// propagator within the period, the dearer part.
class Frames {
  public:
    Frames(const Modes& modes, const std::vector<double>& times);

    /// The frame at times[i].
    ComplexMatrix at(Index i);

  private:
    struct Place {
        std::size_t moment;  ///< which of `moments_`
        double periods;      ///< those gone by before
    };
    struct Moment {
        double time;  ///< in the first period
        Index times;  ///< outputs there
    };

    const Modes& modes_;
    std::vector<Place> places_;
    std::vector<Moment> moments_;
    std::vector<ComplexMatrix> kept_;  ///< the frame at each moment, empty until asked for
    double bytes_left_;
};

}  // namespace redfield::floquet
