-- Every pair of scores has a segment; an empty grid is the empty project, not a hole.
select cells.r_score, cells.f_score
from (select r.score as r_score, f.score as f_score from range(1, 6) as r(score), range(1, 6) as f(score)) as cells
anti join {{ref "rfm_segment_grid"}} as grid using (r_score, f_score)
where exists (select 1 from {{ref "rfm_segment_grid"}})
