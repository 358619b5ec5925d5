{{> cohort_grid grain="week" max_periods=(var "cohort_max_weeks")}}
