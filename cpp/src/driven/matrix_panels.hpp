#pragma once

#include <functional>
#include <limits>
#include <unordered_set>
#include <vector>

#include "driven/panel_nodes.hpp"

namespace redfield::driven {

/// Polynomials through matrices M_j(u), made where they are asked for: panels of u, halved where nine
/// points miss a matrix.
class MatrixPanels {
  public:
    /// Fills column j with the numbers of M_j(u).
    using Sample = std::function<void(double u, RealMatrix& matrices)>;

    struct Shape {
        Index numbers, count;  ///< of one matrix, and how many matrices
        /// Ends of intervals of u, ascending, at least two; no panel goes over one.
        std::vector<double> ends;
        double accuracy;    ///< the part of a matrix's Frobenius norm that may be missed
        int threads = 1;    ///< that interpolate
        double cost = 1.0;  ///< of a sample, in parts of what one call without panels costs
    };

    MatrixPanels(const Shape& shape, Sample sample);

    /// Bytes of one panel.
    static double bytes_of_panel(Index numbers, Index count);

    /// Column j is M_j(u); null where it is not smooth, or where panels would cost more than they save.
    const RealMatrix* at(double u);

  private:
    struct Panel {
        double first, last;
        RealMatrix samples;  ///< the stacked M_j, one node a column

        bool reaches(double u) const { return first <= u && u <= last; }
        /// u on [−1, 1], and back.
        double place(double u) const;
        double value(double x) const;
    };

    /// The matrices themselves where u stays, whatever lies between the places where a panel was
    /// compared; null where it does not.
    const RealMatrix* held(double u);
    const Panel* panel_of(double u);
    const Panel* make(double u);
    /// Samples a panel; false where it is too wide.
    bool resolve(Panel& panel);
    void take(Panel& panel, Index node);
    /// M_j at the nodes, (numbers, nodes), and how much of it may be missed.
    auto of(const Panel& panel, Index j) const {
        return panel.samples.middleRows(j * shape_.numbers, shape_.numbers);
    }
    double allowed(const Panel& panel, Index j) const;
    void interpolate(const Panel& panel, double u);

    Shape shape_;
    Sample sample_;
    std::vector<Panel> panels_;  ///< the latest use first
    std::size_t most_panels_;
    std::unordered_set<std::size_t> unresolved_;  ///< panels known to be too wide
    int depth_ = 0;                      ///< of the panel made last: how often the range was halved
    double served_ = 0.0, taken_ = 0.0;  ///< calls that had a panel, and samples
    RealMatrix value_, looked_, held_;
    double stays_at_ = std::numeric_limits<double>::quiet_NaN();
    int stays_ = 0;  ///< calls in a row at that u
};

}  // namespace redfield::driven
